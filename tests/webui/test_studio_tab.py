"""The studio's tab, as far as a fake host sees it."""


def test_there_is_one_tab_however_often_the_page_is_reloaded(host):
    for _ in range(2):
        host.load()
        (tabs,) = host.callbacks["ui_tabs"]
        assert tabs.__module__ == "neuralmaster.webui.studio_tab"
