#!/usr/bin/env bash
# Prints how many tests ran, per class and in total, from JUnit's XML reports in the given folders. Fails if a test failed
# or none ran.
#   ci/count-tests.sh target/surefire-reports target/failsafe-reports
set -euo pipefail

# The reports use decimal points; in other locales awk might expect commas.
export LC_ALL=C
find "$@" -name 'TEST-*.xml' -exec grep -h '<testsuite ' {} + 2>/dev/null | sort | awk '
  function attribute(name) {
    match($0, " " name "=\"[^\"]*\"")
    return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
  }
  {
    printf "%4d tests %8.1f s  %s%s\n", attribute("tests"), attribute("time"), attribute("name"),
      (attribute("skipped") > 0 ? "  (" attribute("skipped") " skipped)" : "")
    tests += attribute("tests"); skipped += attribute("skipped")
    failures += attribute("failures"); errors += attribute("errors")
  }
  END {
    printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", tests, failures, errors, skipped
    printf "%d passed, %d failed, %d skipped\n", tests - failures - errors - skipped, failures + errors, skipped
    exit (tests > skipped && failures + errors == 0) ? 0 : 1
  }'
