// CommonJS users get the same module, by require().
const blasnet = require('blasnet');
if (Object.keys(blasnet).length === 0) throw new Error('require("blasnet") exports nothing');
import('blasnet').then((imported) => {
  if (imported !== blasnet) throw new Error('require() and import() give two copies of blasnet');
  console.log(`required: ${Object.keys(blasnet).length} exports`);
});
