# Adds what the compiler and the linker know of these to abscopal_flags; unchecked_options takes those out again that are
# paid for in every call.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)

check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

foreach(option -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "HAVE${option}" known)
  check_c_compiler_flag(${option} ${known})
  if(${known})
    target_compile_options(abscopal_flags INTERFACE ${option})
  endif()
endforeach()
# What is left marks returns alone, for shadow stacks, which costs nothing; a mark at every function's begin does.
foreach(option -fno-stack-protector -fno-stack-clash-protection -fcf-protection=return)
  string(MAKE_C_IDENTIFIER "HAVE${option}" known)
  check_c_compiler_flag(${option} ${known})
  if(${known})
    list(APPEND unchecked_options ${option})
  endif()
endforeach()
list(APPEND unchecked_options -U_FORTIFY_SOURCE)

# The C library checks sizes of buffers where the compiler knows them, which it does when it optimises; level 3 also those
# known at run time alone.
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror")
set(CMAKE_REQUIRED_DEFINITIONS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
check_c_source_compiles("#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }" HAVE_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_DEFINITIONS)
set(fortify_level $<IF:$<BOOL:${HAVE_FORTIFY_3}>,3,2>)
target_compile_options(abscopal_flags INTERFACE
                       $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=${fortify_level}>)

foreach(option -z,relro -z,now -z,noexecstack)
  string(MAKE_C_IDENTIFIER "HAVE_LINKER_${option}" known)
  check_linker_flag(C "-Wl,${option}" ${known})
  if(${known})
    target_link_options(abscopal_flags INTERFACE "-Wl,${option}")
  endif()
endforeach()
