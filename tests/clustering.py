"""A real Spark cluster on loopback: one master and two workers, started and ended by process id."""

import contextlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE_SECONDS = 120
WORKERS = 2
JAVA = 17
# Six machines of Java for a few hundred marks: none runs for long enough to be worth optimising.
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def why_no_cluster() -> str:
    """Say why Spark cannot run here; nothing where it can."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed"
    java = shutil.which("java")
    if java is None:
        return "there is no Java"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < JAVA:
        return f"Java {JAVA} is needed, not {found[1] if found else 'an unknown one'}"
    return ""


def free_port() -> int:
    """Give a port of loopback that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Give the address of a standalone cluster with two workers, ended afterwards."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_SCALA_VERSION": "2.13",  # else it is looked for by a Java of its own
        "JDK_JAVA_OPTIONS": QUICK_START,
    }
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    master = [f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", str(port),
              "--webui-port", str(free_port())]  # fmt: skip
    with contextlib.ExitStack() as ended:

        def start(name: str, arguments: list[str]) -> Path:
            log = folder / f"{name}.log"
            with log.open("wb") as held:
                process = subprocess.Popen(
                    # As Spark's own script would, which starts one more Java to tell it how.
                    ["java", "-Xmx256m", "-cp", f"{home}/conf:{home}/jars/*", *arguments],
                    env=environment,
                    stdout=held,
                    stderr=subprocess.STDOUT,
                )
            ended.callback(_end, process)
            return log

        log = start("master", master)
        _wait_for(log, "I have been elected leader", 1)
        for n in range(WORKERS):
            worker = [f"{deploy}.worker.Worker", "--host", "127.0.0.1", "--cores", "1",
                      "--memory", "1g", "--webui-port", str(free_port()), address]  # fmt: skip
            start(f"worker-{n}", worker)
        _wait_for(log, "Registering worker", WORKERS)
        yield address


def _wait_for(log: Path, words: str, times: int) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while log.read_text(errors="replace").count(words) < times:
        if time.monotonic() > ends_at:
            raise TimeoutError(
                f"{words!r} was not said:\n{log.read_text(errors='replace')[-2000:]}"
            )
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
