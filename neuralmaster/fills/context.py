"""Colours that flow in from the object's own pixels."""

from __future__ import annotations

import cv2
import numpy as np

from neuralmaster.fills.scene import Field, Scene
from neuralmaster.images import Floats

GRID = 128  # cells along the object's longer side
PULL = 24.0  # how strongly context holds its colour against its neighbours; see docs
SWEEPS = 4


def context(scene: Scene) -> Field:
    left, upper, right, lower = scene.object
    size = -(-max(right - left, lower - upper) // GRID)
    cells = scene.gather(trust_inpaint, trust_source, scene.object, size)
    return Field(_diffused(cells.colour, cells.weight), cells)


def trust_inpaint(red: Floats) -> Floats:
    """How far a pixel's colour is believed: fully where red is 0, not at all from half red on."""
    return np.clip(1 - 2 * red, 0, 1) ** 2


def trust_source(green: Floats) -> Floats:
    """A soft edge of the object is part background: half green is believed a quarter."""
    return green**2


def _diffused(colour, weight):
    """placeholder pull-push"""
    levels=[(colour,weight)]
    while max(levels[-1][1].shape)>1:
        c,w=levels[-1]
        h,wd=w.shape
        c=cv2.copyMakeBorder(c,0,h%2,0,wd%2,cv2.BORDER_CONSTANT).reshape(h+h%2,wd+wd%2,-1); w=cv2.copyMakeBorder(w,0,h%2,0,wd%2,cv2.BORDER_CONSTANT)
        s=((wd+1)//2,(h+1)//2)
        levels.append((cv2.resize(c,s,interpolation=cv2.INTER_AREA).reshape(s[1],s[0],-1),cv2.resize(w,s,interpolation=cv2.INTER_AREA)))
    c,w=levels[-1]
    u=c/np.maximum(w,1e-30)[...,None]
    n=max(weight.shape)
    for l in range(len(levels)-2,-1,-1):
        c,w=levels[l]
        h,wd=w.shape
        u=cv2.resize(u,(2*u.shape[1],2*u.shape[0]),interpolation=cv2.INTER_LINEAR)[:h,:wd].reshape(h,wd,-1)
        lam=PULL*(2.0**l/n)**2*PULL
        a=(lam*w)[...,None]
        for _ in range(SWEEPS):
            u=(u*1+lam*c)/(1+a)
            u=cv2.blur(u,(3,3),borderType=cv2.BORDER_REPLICATE).reshape(u.shape)
    return u
