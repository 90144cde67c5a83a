"""What every test shares: readable failures from the contract suites."""

import pytest

pytest.register_assert_rewrite("tests.contracts")
