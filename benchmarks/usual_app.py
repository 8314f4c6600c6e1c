"""The usual project's page: `python -m benchmarks.usual_app ENCODER PICKLE PORT`."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import gradio as gr
import numpy as np

from benchmarks.usual import UsualProject, usual_search


def main(encoder: str, features_file: str, port: str) -> None:
    """Load the pickle and serve five matches for an upload."""
    features, paths = pickle.loads(Path(features_file).read_bytes())
    neighbours = usual_search(np.array(features))
    project = UsualProject(Path(encoder))

    def recommend(image: str) -> list[str]:
        _, rows = neighbours.kneighbors(project.encode(Path(image))[None])
        return [paths[row] for row in rows[0]]

    page = gr.Interface(recommend, gr.Image(type="filepath"), gr.Gallery(), api_name="recommend")
    page.launch(server_port=int(port), quiet=True, prevent_thread_lock=True)
    print(f"Lookalike is at http://127.0.0.1:{port}/", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main(*sys.argv[1:])
