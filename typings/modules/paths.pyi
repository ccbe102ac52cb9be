models_path: str
