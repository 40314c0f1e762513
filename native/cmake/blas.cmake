# The target blasnet_blas: Accelerate on macOS, OpenBLAS elsewhere, found by its own config file, pkg-config or FindBLAS.
# A BLAS that is not OpenBLAS is refused: a distribution's reference BLAS has the same interface at a tenth of the speed.

option(BLASNET_STATIC_BLAS "Link OpenBLAS into the addon instead of loading it beside" OFF)

add_library(blasnet_blas INTERFACE)

if(APPLE)
  find_library(BLASNET_ACCELERATE_FRAMEWORK Accelerate REQUIRED)
  target_link_libraries(blasnet_blas INTERFACE ${BLASNET_ACCELERATE_FRAMEWORK})
  target_compile_definitions(blasnet_blas INTERFACE BLASNET_ACCELERATE ACCELERATE_NEW_LAPACK)
  return()
endif()

# A static library found by its shared neighbour: the same folder, the same name, another ending.
function(blasnet_static_neighbours result)
  set(found)
  foreach(library IN LISTS ARGN)
    string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${library}")
    if(archive MATCHES "\\.a$" AND EXISTS "${archive}")
      list(APPEND found "${archive}")
    endif()
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

set(blas_libraries)
set(blas_includes)

find_package(OpenBLAS CONFIG QUIET)
if(OpenBLAS_FOUND)
  set(blas_way "its CMake config file")
  if(TARGET OpenBLAS::OpenBLAS)
    set(blas_libraries OpenBLAS::OpenBLAS)
  else()
    set(blas_libraries ${OpenBLAS_LIBRARIES})
    set(blas_includes ${OpenBLAS_INCLUDE_DIRS})
  endif()
endif()

if(NOT blas_libraries)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(OPENBLAS_PC QUIET openblas)
    if(OPENBLAS_PC_FOUND)
      set(blas_way "pkg-config")
      set(blas_libraries ${OPENBLAS_PC_LINK_LIBRARIES})
      set(blas_includes ${OPENBLAS_PC_INCLUDE_DIRS})
    endif()
  endif()
endif()

if(NOT blas_libraries)
  set(BLA_VENDOR OpenBLAS)
  find_package(BLAS QUIET)
  find_path(BLASNET_CBLAS_INCLUDE cblas.h PATH_SUFFIXES openblas openblas-pthread openblas-openmp openblas-serial)
  if(BLAS_FOUND AND BLASNET_CBLAS_INCLUDE)
    set(blas_way "FindBLAS")
    set(blas_libraries ${BLAS_LIBRARIES})
    set(blas_includes ${BLASNET_CBLAS_INCLUDE})
  endif()
endif()

if(NOT blas_libraries)
  message(FATAL_ERROR "OpenBLAS was not found (on Debian: apt-get install libopenblas-dev)")
endif()

find_package(Threads REQUIRED)
if(BLASNET_STATIC_BLAS AND NOT WIN32)
  blasnet_static_neighbours(archives ${blas_libraries})
  if(NOT archives)
    message(FATAL_ERROR "BLASNET_STATIC_BLAS: no static library beside ${blas_libraries}")
  endif()
  # Its symbols stay inside, so that another addon's OpenBLAS in the same process is not mixed with ours.
  set(blas_libraries ${archives} Threads::Threads ${CMAKE_DL_LIBS} m)
  target_link_options(blasnet_blas INTERFACE LINKER:--exclude-libs,ALL LINKER:--gc-sections)
endif()

target_include_directories(blasnet_blas SYSTEM INTERFACE ${blas_includes})
target_link_libraries(blasnet_blas INTERFACE ${blas_libraries})
target_compile_definitions(blasnet_blas INTERFACE BLASNET_OPENBLAS)

# Whatever the way, the library must be OpenBLAS and its cblas.h must compile.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_INCLUDES ${blas_includes})
set(CMAKE_REQUIRED_LIBRARIES ${blas_libraries})
set(CMAKE_REQUIRED_QUIET ON)
check_cxx_source_compiles(
  "#include <cblas.h>
   extern \"C\" char* openblas_get_config(void);
   int main() {
     float a = 1, b = 2, c = 0;
     cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1.0F, &a, 1, &b, 1, 0.0F, &c, 1);
     return openblas_get_config() == nullptr;
   }"
  BLASNET_BLAS_IS_OPENBLAS)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_QUIET)
if(NOT BLASNET_BLAS_IS_OPENBLAS)
  message(FATAL_ERROR "${blas_libraries}, found by ${blas_way}, is not OpenBLAS or lacks its cblas.h")
endif()
message(STATUS "OpenBLAS by ${blas_way}: ${blas_libraries}")
