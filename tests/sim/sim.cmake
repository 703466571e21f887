# The simulator: a program of its own beside the tests.
add_executable(liaison-sim ${CMAKE_SOURCE_DIR}/tests/sim/main.cpp)
target_link_libraries(liaison-sim PRIVATE liaison_simkit CLI11::CLI11)
target_precompile_headers(liaison-sim REUSE_FROM liaison_pch)

# The same simulator over production code with planted bugs.
include(${CMAKE_SOURCE_DIR}/cmake/planted.cmake)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
# The random mode: five hundred mixed seeds, each twice.
add_test(NAME sim.mixed COMMAND liaison-sim --seeds 500 --from 1 --twice --jobs 2)
set_tests_properties(sim.mixed PROPERTIES LABELS sim TIMEOUT 900 PROCESSORS 2)
add_test(NAME sim.exhaustive COMMAND liaison-sim --exhaustive --jobs 2)
set_tests_properties(sim.exhaustive PROPERTIES LABELS sim TIMEOUT 600 PROCESSORS 2)
add_test(NAME sim.no_plant_is_shipped COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tests/sim/plants/shipped_test.py)
set_tests_properties(sim.no_plant_is_shipped PROPERTIES LABELS sim TIMEOUT 120 SKIP_RETURN_CODE 77
  ENVIRONMENT "LIAISON_BINARY_DIR=${CMAKE_BINARY_DIR};PYTHONDONTWRITEBYTECODE=1")
