# The second way to build the addon, for machines with node-gyp and without CMake (Linux and macOS; Windows uses CMake).
# CMakeLists.txt says the same and is the one to read; a file added there is added here.
{
  'variables': {
    'kernels': [
      'kernels/accuracy.cc',
      'kernels/activation.cc',
      'kernels/adam.cc',
      'kernels/adaptive.cc',
      'kernels/add.cc',
      'kernels/augment.cc',
      'kernels/clip.cc',
      'kernels/constrain.cc',
      'kernels/dense.cc',
      'kernels/dropout.cc',
      'kernels/fused.cc',
      'kernels/gather.cc',
      'kernels/layer_norm.cc',
      'kernels/loss.cc',
      'kernels/noise.cc',
      'kernels/normalize.cc',
      'kernels/peak.cc',
      'kernels/prelu.cc',
      'kernels/product.cc',
      'kernels/regression.cc',
      'kernels/regularize.cc',
      'kernels/softmax.cc',
      'kernels/table.cc',
      'kernels/update.cc',
      'kernels/weigh.cc',
    ],
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'include_dirs': ['.'],
    'cflags': ['-fPIC', '-fvisibility=hidden', '-fstack-protector-strong', '-Wall', '-Wextra'],
    'cflags_cc': ['-std=c++20', '-fvisibility-inlines-hidden', '-Wno-missing-field-initializers'],
    'cflags!': ['-fno-exceptions'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17'],
    'configurations': {
      'Release': {
        'cflags': ['-O3', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'],
        'xcode_settings': { 'GCC_OPTIMIZATION_LEVEL': '3' },
      },
    },
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'GCC_ENABLE_CPP_RTTI': 'YES',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '13.3',
    },
    'conditions': [
      ["OS=='mac'", { 'defines': ['BLASNET_ACCELERATE', 'ACCELERATE_NEW_LAPACK'] }, { 'defines': ['BLASNET_OPENBLAS'] }],
      ["target_arch=='x64'", { 'defines': ['BLASNET_X86'] }],
    ],
  },
  'targets': [
    {
      'target_name': 'kernels_baseline',
      'type': 'static_library',
      'sources': ['<@(kernels)'],
      'defines': ['BLASNET_SIMD=baseline'],
      'cflags_cc': ['-fno-math-errno', '-fno-trapping-math'],
      'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-fno-math-errno', '-fno-trapping-math'] },
    },
    {
      'target_name': 'blasnet_core',
      'type': 'static_library',
      'sources': [
        'blas.cc',
        'engine/faults.cc',
        'engine/fuse.cc',
        'engine/lifecycle.cc',
        'engine/placement.cc',
        'engine/memory.cc',
        'engine/peak.cc',
        'engine/program.cc',
        'engine/runner.cc',
        'engine/store.cc',
        'kernels/contract.cc',
        'kernels/simd.cc',
      ],
      'conditions': [
        ["OS!='mac'", { 'include_dirs': ["<!(node -p \"require('../scripts/build-native.cjs').findOpenBlas() ?? '.'\")"] }],
      ],
    },
    {
      'target_name': 'blasnet',
      'dependencies': ['blasnet_core', 'kernels_baseline'],
      'sources': ['addon/addon.cc', 'addon/environment.cc', 'addon/jobs.cc'],
      'include_dirs': ["<!(node -p \"path.dirname(require.resolve('node-addon-api/package.json'))\")"],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS', 'NODE_ADDON_API_CPP_EXCEPTIONS_ALL'],
      'conditions': [
        ["target_arch=='x64'", { 'dependencies': ['kernels_avx2', 'kernels_avx512'] }],
        [
          "OS=='mac'",
          { 'link_settings': { 'libraries': ['-framework Accelerate'] } },
          {
            'link_settings': { 'libraries': ['-lopenblas'] },
            'ldflags': ['-Wl,-z,now', '-Wl,-z,nodelete', '-Wl,-z,relro', '-Wl,--exclude-libs,ALL'],
          },
        ],
      ],
    },
  ],
  'conditions': [
    [
      "target_arch=='x64'",
      {
        'targets': [
          {
            'target_name': 'kernels_avx2',
            'type': 'static_library',
            'sources': ['<@(kernels)'],
            'defines': ['BLASNET_SIMD=avx2'],
            'cflags_cc': ['-fno-math-errno', '-fno-trapping-math', '-mavx2', '-mfma'],
            'xcode_settings': {
              'OTHER_CPLUSPLUSFLAGS': ['-fno-math-errno', '-fno-trapping-math', '-mavx2', '-mfma'],
            },
          },
          {
            'target_name': 'kernels_avx512',
            'type': 'static_library',
            'sources': ['<@(kernels)'],
            'defines': ['BLASNET_SIMD=avx512'],
            'cflags_cc': [
              '-fno-math-errno',
              '-fno-trapping-math',
              '-mavx512f',
              '-mavx512bw',
              '-mavx512dq',
              '-mavx512vl',
              '-mfma',
              '-mprefer-vector-width=512',
            ],
            'xcode_settings': {
              'OTHER_CPLUSPLUSFLAGS': [
                '-fno-math-errno',
                '-fno-trapping-math',
                '-mavx512f',
                '-mavx512bw',
                '-mavx512dq',
                '-mavx512vl',
                '-mfma',
                '-mprefer-vector-width=512',
              ],
            },
          },
        ],
      },
    ],
  ],
}
