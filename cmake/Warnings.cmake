# What every target of ours is compiled with. Third-party headers come in as system headers and are not held to it.

option(SLUIS_TESTS "Build the tests" ON)
option(SLUIS_TEST_READBACK "For upload test suites of others, never for use: anything may be uploaded, and GET gives it back" OFF)
if(SLUIS_TEST_READBACK)
    add_compile_definitions(SLUIS_TEST_READBACK)
endif()
option(SLUIS_HARDEN "Release hardening flags" OFF)
set(SLUIS_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

# Depend mode: the compiler's own list of headers says what a unit was made of, so a miss costs no second run of the preprocessor.
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

add_library(sluis_options INTERFACE)
target_compile_options(sluis_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
    -Woverloaded-virtual -Wimplicit-fallthrough -Wformat=2 -Wundef -Wswitch-enum -Wno-missing-field-initializers -Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # its -Wnon-virtual-dtor fires on every class derived from boost::system::error_category
    # False alarms of GCC 12 once it inlines: Asio's recycled coroutine frames, and a string_view that might be longer than memory.
    target_compile_options(sluis_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wduplicated-cond -Wlogical-op -Wno-mismatched-new-delete
        -Wno-stringop-overread>)
else()
    target_compile_options(sluis_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wdangling -Wunused-result -Wnon-virtual-dtor>)
endif()

if(SLUIS_HARDEN)
    target_compile_options(sluis_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
        -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE -fvisibility=hidden)
    target_link_options(sluis_options INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed)
endif()
if(SLUIS_SANITIZE)
    target_compile_options(sluis_options INTERFACE -fsanitize=${SLUIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(sluis_options INTERFACE -fsanitize=${SLUIS_SANITIZE})
endif()

# Boost.Asio and Beast are compiled once, in gateway/http/separate_compilation.cpp; every unit that sees them must agree on that.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)

function(sluis_precompile name)
    target_precompile_headers(${name} PRIVATE <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <span> <string>
        <string_view> <utility> <variant> <vector> ${ARGN})
    # Without these ccache never finds a unit again that saw a precompiled header: clang writes the time into it, GCC hides it.
    target_compile_options(${name} PRIVATE
        $<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>
        $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endfunction()
