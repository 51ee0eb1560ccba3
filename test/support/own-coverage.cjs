// Loaded by `npm run coverage`: children run dist/, whose offsets c8 would lay over those of src/, so only this process counts.
delete process.env['NODE_V8_COVERAGE'];
