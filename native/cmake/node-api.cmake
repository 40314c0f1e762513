# blasnet_node_addon(<target>): what makes a shared library an addon for every Node.js with Node-API 8.
# cmake-js passes the include folders and, on Windows, the list of symbols; without it they come from the npm packages.

function(blasnet_ask_node result expression)
  find_program(BLASNET_NODE NAMES node nodejs REQUIRED)
  execute_process(
    COMMAND ${BLASNET_NODE} -p "${expression}"
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE answer
    OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "node could not answer ${expression}; run npm install first")
  endif()
  file(TO_CMAKE_PATH "${answer}" answer)
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()

function(blasnet_node_addon target)
  if(CMAKE_JS_INC)
    set(includes ${CMAKE_JS_INC})
  else()
    blasnet_ask_node(headers "require('node-api-headers').include_dir")
    blasnet_ask_node(wrapper "path.dirname(require.resolve('node-addon-api/package.json'))")
    set(includes ${headers} ${wrapper})
  endif()
  target_include_directories(${target} SYSTEM PRIVATE ${includes})
  target_compile_definitions(
    ${target} PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS NODE_ADDON_API_CPP_EXCEPTIONS_ALL
                      BUILDING_NODE_EXTENSION)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME blasnet PREFIX "" SUFFIX ".node" SKIP_BUILD_RPATH ON)

  if(APPLE)
    target_link_options(${target} PRIVATE -undefined dynamic_lookup)
  elseif(WIN32)
    # node.lib from the list of Node-API symbols; the hook binds them to whatever program runs, not to node.exe by name.
    if(CMAKE_JS_NODELIB_DEF)
      set(symbols "${CMAKE_JS_NODELIB_DEF}")
    else()
      blasnet_ask_node(symbols "require('node-api-headers').def_paths.node_api_def")
    endif()
    set(node_lib "${CMAKE_CURRENT_BINARY_DIR}/node.lib")
    execute_process(COMMAND ${CMAKE_AR} /def:${symbols} /out:${node_lib} ${CMAKE_STATIC_LINKER_FLAGS}
                    COMMAND_ERROR_IS_FATAL ANY)
    target_link_libraries(${target} PRIVATE ${node_lib} delayimp)
    target_link_options(${target} PRIVATE /DELAYLOAD:NODE.EXE)
    if(CMAKE_JS_SRC)
      target_sources(${target} PRIVATE ${CMAKE_JS_SRC})
    else()
      target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/native/cmake/delay-load-hook.cc)
    endif()
  else()
    # Every symbol bound at load, where a missing one can be caught; never unmapped while a thread may run in it.
    target_link_options(${target} PRIVATE LINKER:-z,now LINKER:-z,nodelete LINKER:-z,relro)
  endif()
endfunction()
