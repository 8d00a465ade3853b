"""A small synthetic England on disk, once for all tests of its formats."""

from pathlib import Path

import pytest

from schoolhubs import synthetic
from schoolhubs.vocabulary.calendar import AcademicYear

N_SCHOOLS = 1_500


@pytest.fixture(scope="session")
def small_england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of an England of 1,500 schools with absence to 2024/25, seed 7."""
    folder = tmp_path_factory.mktemp("england")
    synthetic.england(folder, seed=7, n_schools=N_SCHOOLS, year=AcademicYear("2024/25"))
    return folder
