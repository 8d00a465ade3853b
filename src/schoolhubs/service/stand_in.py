"""Serves what stands in for an outside service, for demonstrations and tests: on this machine."""

import contextlib
import logging
import threading
from collections.abc import Iterator

import flask
from werkzeug.serving import BaseWSGIServer, make_server

LOOPBACK = "127.0.0.1"


@contextlib.contextmanager
def running(app: flask.Flask, port: int = 0) -> Iterator[str]:
    """Serve while inside.

    Parameters
    ----------
    port
        0 takes any that is free.

    Returns
    -------
    str
        Its address.
    """
    server = _server(app, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def serve(app: flask.Flask, port: int) -> None:
    """Serve until told to stop."""
    _server(app, port).serve_forever()


def _server(app: flask.Flask, port: int) -> BaseWSGIServer:
    # What somebody asks for stands in the address; nothing is gained by writing it down.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    return make_server(LOOPBACK, port, app, threaded=True)
