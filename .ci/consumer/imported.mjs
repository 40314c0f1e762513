// The packed package must find its native kernels; with BLASNET_ENGINE=native a missing addon is an error.
import * as blasnet from 'blasnet';

if (Object.keys(blasnet).length === 0) throw new Error('import "blasnet" exports nothing');
if (typeof blasnet.engineInfo === 'function') {
  const info = await blasnet.engineInfo();
  console.log('imported:', JSON.stringify(info));
  const name = info.engine ?? info.name;
  if (name !== undefined && name !== 'native') throw new Error(`the packed package runs the ${name} engine`);
} else console.log('imported');
