# blasnet_compile(<target>): the compiler settings of everything in native/, and the sanitizers for the core test.

set(BLASNET_SANITIZE "" CACHE STRING "Sanitizers for the core test: address,undefined or thread")

function(blasnet_compile target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(
    ${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden
                         VISIBILITY_INLINES_HIDDEN ON)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /EHsc /bigobj)
    target_compile_definitions(${target} PRIVATE NOMINMAX WIN32_LEAN_AND_MEAN)
    return()
  endif()
  target_compile_options(
    ${target} PRIVATE -Wall -Wextra $<$<CONFIG:Release>:-O3> -fstack-protector-strong -ffunction-sections
                      -fdata-sections)
  if(BLASNET_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${BLASNET_SANITIZE} -fno-omit-frame-pointer -g)
    target_link_options(${target} PUBLIC -fsanitize=${BLASNET_SANITIZE})
    if(BLASNET_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
    endif()
  else()
    # Fortify needs an optimizing build, and hides from the sanitizers what they look for.
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
  endif()
endfunction()
