// Windows: binds the Node-API symbols to the program that runs, which may be called anything, not to "node.exe".
#include <windows.h>

#include <cstring>

// delayimp.h needs windows.h before it.
#include <delayimp.h>

static FARPROC WINAPI bindToHost(unsigned int event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandle(nullptr));
}

decltype(__pfnDliNotifyHook2) __pfnDliNotifyHook2 = bindToHost;
