import { m as messageOf, C as ConfigurationError, E as ExitCode } from './errors.js';
import { z as object, c as string, A as int, B as boolean, s as strictObject, C as record, _ as _enum, R as REPORT_FILE, l as literal, a as parseResult, D as parseSamples, b as array, E as _instanceof, v as didYouMean } from './suggest.js';
import 'node:fs';
import { realpath, mkdir, writeFile, readFile, readdir, lstat, appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { s as sha256 } from './release.js';
import { randomUUID } from 'node:crypto';
import 'node:os';
import './operators.js';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StringDecoder } from 'node:string_decoder';
import { u as undiciExports, g as getProxyUrl } from './index2.js';
import { f as formatCommand, B as clip, a as visible, C as paragraphs, I as ICON, E as gateName, F as prose, G as fence, H as list, J as commitOf, K as addressesOf, L as parseMarker, M as commentMarker, x as annotationsOf, O as renderSummary, Q as renderComment } from './annotations.js';
import { crc32 } from 'node:zlib';
import fs__default from 'fs';
import require$$1 from 'zlib';
import util__default from 'util';
import require$$5__default from 'stream';
import require$$4__default from 'events';
import { a as withTemporaryFolder, w as writeFileAtomic } from './files.js';
import { E as ENTRY_FOLDERS } from './protocol.js';
import { stripVTControlCharacters } from 'node:util';
import { T as TOOL } from './version.js';

var yauzl = {};

var fdSlicer = {};

var pend;
var hasRequiredPend;

function requirePend () {
	if (hasRequiredPend) return pend;
	hasRequiredPend = 1;
	pend = Pend;

	function Pend() {
	  this.pending = 0;
	  this.max = Infinity;
	  this.listeners = [];
	  this.waiting = [];
	  this.error = null;
	}

	Pend.prototype.go = function(fn) {
	  if (this.pending < this.max) {
	    pendGo(this, fn);
	  } else {
	    this.waiting.push(fn);
	  }
	};

	Pend.prototype.wait = function(cb) {
	  if (this.pending === 0) {
	    cb(this.error);
	  } else {
	    this.listeners.push(cb);
	  }
	};

	Pend.prototype.hold = function() {
	  return pendHold(this);
	};

	function pendHold(self) {
	  self.pending += 1;
	  var called = false;
	  return onCb;
	  function onCb(err) {
	    if (called) throw new Error("callback called twice");
	    called = true;
	    self.error = self.error || err;
	    self.pending -= 1;
	    if (self.waiting.length > 0 && self.pending < self.max) {
	      pendGo(self, self.waiting.shift());
	    } else if (self.pending === 0) {
	      var listeners = self.listeners;
	      self.listeners = [];
	      listeners.forEach(cbListener);
	    }
	  }
	  function cbListener(listener) {
	    listener(self.error);
	  }
	}

	function pendGo(self, fn) {
	  fn(pendHold(self));
	}
	return pend;
}

var hasRequiredFdSlicer;

function requireFdSlicer () {
	if (hasRequiredFdSlicer) return fdSlicer;
	hasRequiredFdSlicer = 1;
	// This was adapted from https://github.com/andrewrk/node-fd-slicer by Andrew Kelley under the MIT License.
	var fs = fs__default;
	var util = util__default;
	var stream = require$$5__default;
	var Readable = stream.Readable;
	var PassThrough = stream.PassThrough;
	var Pend = requirePend();
	var EventEmitter = require$$4__default.EventEmitter;

	fdSlicer.BufferSlicer = BufferSlicer;
	fdSlicer.FdSlicer = FdSlicer;

	util.inherits(FdSlicer, EventEmitter);
	function FdSlicer(fd) {
	  EventEmitter.call(this);

	  this.fd = fd;
	  this.pend = new Pend();
	  this.pend.max = 1;
	  this.refCount = 0;
	}

	FdSlicer.prototype.read = function(buffer, offset, length, position, callback) {
	  var self = this;
	  self.pend.go(function(cb) {
	    fs.read(self.fd, buffer, offset, length, position, function(err, bytesRead, buffer) {
	      cb();
	      callback(err, bytesRead, buffer);
	    });
	  });
	};

	FdSlicer.prototype.createReadStream = function(options) {
	  return new ReadStream(this, options);
	};

	FdSlicer.prototype.ref = function() {
	  this.refCount += 1;
	};

	FdSlicer.prototype.unref = function() {
	  var self = this;
	  self.refCount -= 1;
	  if (self.refCount < 0) throw new Error("invalid unref");
	  if (self.refCount > 0) return;

	  fs.close(self.fd, onCloseDone);

	  function onCloseDone(err) {
	    if (err) {
	      self.emit('error', err);
	    } else {
	      self.emit('close');
	    }
	  }
	};

	util.inherits(ReadStream, Readable);
	function ReadStream(context, options) {
	  options = options || {};
	  Readable.call(this, options);

	  this.context = context;
	  this.context.ref();

	  this.start = options.start || 0;
	  this.endOffset = options.end;
	  this.pos = this.start;
	}

	ReadStream.prototype._read = function(n) {
	  var self = this;

	  var toRead = Math.min(self._readableState.highWaterMark, n);
	  if (self.endOffset != null) {
	    toRead = Math.min(toRead, self.endOffset - self.pos);
	  }
	  if (toRead <= 0) {
	    self.push(null);
	    this._cleanup();
	    return;
	  }
	  self.context.pend.go(function(cb) {
	    var buffer = Buffer.allocUnsafe(toRead);
	    fs.read(self.context.fd, buffer, 0, toRead, self.pos, function(err, bytesRead) {
	      if (err) {
	        self.destroy(err);
	      } else if (bytesRead === 0) {
	        self.push(null);
	        self._cleanup();
	      } else {
	        self.pos += bytesRead;
	        self.push(buffer.slice(0, bytesRead));
	      }
	      cb();
	    });
	  });
	};

	ReadStream.prototype._destroy = function(err, cb) {
	  // Node 14+ calls this automatically at EOF.
	  this._cleanup();
	  cb(err);
	};

	ReadStream.prototype._cleanup = function() {
	  if (this.context != null) {
	    this.context.unref();
	    this.context = null;
	  }
	};

	util.inherits(BufferSlicer, EventEmitter);
	function BufferSlicer(buffer) {
	  EventEmitter.call(this);

	  this.refCount = 0;
	  this.buffer = buffer;
	}

	BufferSlicer.prototype.read = function(buffer, offset, length, position, callback) {
	  if (!(0 <= offset && offset <= buffer.length)) throw new RangeError("offset outside buffer: 0 <= " + offset + " <= " + buffer.length);
	  if (position < 0) throw new RangeError("position is negative: " + position);
	  if (offset + length > buffer.length) {
	    // The caller's buffer can't hold all the bytes they're trying to read.
	    // Clamp the length instead of giving an error.
	    // The callback will be informed of fewer than expected bytes written.
	    length = buffer.length - offset;
	  }
	  if (position + length > this.buffer.length) {
	    // Clamp any attempt to read past the end of the source buffer.
	    length = this.buffer.length - position;
	  }
	  if (length <= 0) {
	    // After any clamping, we're fully out of bounds or otherwise have nothing to do.
	    // This isn't an error; it's just zero bytes written.
	    setImmediate(function() {
	      callback(null, 0);
	    });
	    return;
	  }
	  this.buffer.copy(buffer, offset, position, position + length);
	  setImmediate(function() {
	    callback(null, length);
	  });
	};

	BufferSlicer.prototype.createReadStream = function(options) {
	  options = options || {};
	  var readStream = new PassThrough(options);
	  readStream.start = options.start || 0;
	  readStream.endOffset = options.end;
	  // by the time this function returns, we'll be done.
	  readStream.pos = readStream.endOffset || this.buffer.length;

	  var entireSlice = this.buffer.slice(readStream.start, readStream.pos);
	  // Cut the buffer into smaller slices for better memory usage when streaming into a zlib inflate stream.
	  // See https://github.com/thejoshwolfe/yauzl/issues/87
	  var maxChunkSize = 0x10000;
	  var offset = 0;
	  while (true) {
	    var nextOffset = offset + maxChunkSize;
	    if (nextOffset >= entireSlice.length) {
	      // last chunk
	      if (offset < entireSlice.length) {
	        readStream.write(entireSlice.slice(offset, entireSlice.length));
	      }
	      break;
	    }
	    readStream.write(entireSlice.slice(offset, nextOffset));
	    offset = nextOffset;
	  }

	  readStream.end();
	  return readStream;
	};

	BufferSlicer.prototype.ref = function() {
	  this.refCount += 1;
	};

	BufferSlicer.prototype.unref = function() {
	  this.refCount -= 1;

	  if (this.refCount < 0) {
	    throw new Error("invalid unref");
	  }
	};
	return fdSlicer;
}

var crc32_1;
var hasRequiredCrc32;

function requireCrc32 () {
	if (hasRequiredCrc32) return crc32_1;
	hasRequiredCrc32 = 1;
	// Adapted from https://github.com/brianloveswords/buffer-crc32/blob/v0.2.13/index.js
	const CRC_TABLE = new Int32Array([
	  0x00000000, 0x77073096, 0xee0e612c, 0x990951ba, 0x076dc419, 0x706af48f, 0xe963a535, 0x9e6495a3,
	  0x0edb8832, 0x79dcb8a4, 0xe0d5e91e, 0x97d2d988, 0x09b64c2b, 0x7eb17cbd, 0xe7b82d07, 0x90bf1d91,
	  0x1db71064, 0x6ab020f2, 0xf3b97148, 0x84be41de, 0x1adad47d, 0x6ddde4eb, 0xf4d4b551, 0x83d385c7,
	  0x136c9856, 0x646ba8c0, 0xfd62f97a, 0x8a65c9ec, 0x14015c4f, 0x63066cd9, 0xfa0f3d63, 0x8d080df5,
	  0x3b6e20c8, 0x4c69105e, 0xd56041e4, 0xa2677172, 0x3c03e4d1, 0x4b04d447, 0xd20d85fd, 0xa50ab56b,
	  0x35b5a8fa, 0x42b2986c, 0xdbbbc9d6, 0xacbcf940, 0x32d86ce3, 0x45df5c75, 0xdcd60dcf, 0xabd13d59,
	  0x26d930ac, 0x51de003a, 0xc8d75180, 0xbfd06116, 0x21b4f4b5, 0x56b3c423, 0xcfba9599, 0xb8bda50f,
	  0x2802b89e, 0x5f058808, 0xc60cd9b2, 0xb10be924, 0x2f6f7c87, 0x58684c11, 0xc1611dab, 0xb6662d3d,
	  0x76dc4190, 0x01db7106, 0x98d220bc, 0xefd5102a, 0x71b18589, 0x06b6b51f, 0x9fbfe4a5, 0xe8b8d433,
	  0x7807c9a2, 0x0f00f934, 0x9609a88e, 0xe10e9818, 0x7f6a0dbb, 0x086d3d2d, 0x91646c97, 0xe6635c01,
	  0x6b6b51f4, 0x1c6c6162, 0x856530d8, 0xf262004e, 0x6c0695ed, 0x1b01a57b, 0x8208f4c1, 0xf50fc457,
	  0x65b0d9c6, 0x12b7e950, 0x8bbeb8ea, 0xfcb9887c, 0x62dd1ddf, 0x15da2d49, 0x8cd37cf3, 0xfbd44c65,
	  0x4db26158, 0x3ab551ce, 0xa3bc0074, 0xd4bb30e2, 0x4adfa541, 0x3dd895d7, 0xa4d1c46d, 0xd3d6f4fb,
	  0x4369e96a, 0x346ed9fc, 0xad678846, 0xda60b8d0, 0x44042d73, 0x33031de5, 0xaa0a4c5f, 0xdd0d7cc9,
	  0x5005713c, 0x270241aa, 0xbe0b1010, 0xc90c2086, 0x5768b525, 0x206f85b3, 0xb966d409, 0xce61e49f,
	  0x5edef90e, 0x29d9c998, 0xb0d09822, 0xc7d7a8b4, 0x59b33d17, 0x2eb40d81, 0xb7bd5c3b, 0xc0ba6cad,
	  0xedb88320, 0x9abfb3b6, 0x03b6e20c, 0x74b1d29a, 0xead54739, 0x9dd277af, 0x04db2615, 0x73dc1683,
	  0xe3630b12, 0x94643b84, 0x0d6d6a3e, 0x7a6a5aa8, 0xe40ecf0b, 0x9309ff9d, 0x0a00ae27, 0x7d079eb1,
	  0xf00f9344, 0x8708a3d2, 0x1e01f268, 0x6906c2fe, 0xf762575d, 0x806567cb, 0x196c3671, 0x6e6b06e7,
	  0xfed41b76, 0x89d32be0, 0x10da7a5a, 0x67dd4acc, 0xf9b9df6f, 0x8ebeeff9, 0x17b7be43, 0x60b08ed5,
	  0xd6d6a3e8, 0xa1d1937e, 0x38d8c2c4, 0x4fdff252, 0xd1bb67f1, 0xa6bc5767, 0x3fb506dd, 0x48b2364b,
	  0xd80d2bda, 0xaf0a1b4c, 0x36034af6, 0x41047a60, 0xdf60efc3, 0xa867df55, 0x316e8eef, 0x4669be79,
	  0xcb61b38c, 0xbc66831a, 0x256fd2a0, 0x5268e236, 0xcc0c7795, 0xbb0b4703, 0x220216b9, 0x5505262f,
	  0xc5ba3bbe, 0xb2bd0b28, 0x2bb45a92, 0x5cb36a04, 0xc2d7ffa7, 0xb5d0cf31, 0x2cd99e8b, 0x5bdeae1d,
	  0x9b64c2b0, 0xec63f226, 0x756aa39c, 0x026d930a, 0x9c0906a9, 0xeb0e363f, 0x72076785, 0x05005713,
	  0x95bf4a82, 0xe2b87a14, 0x7bb12bae, 0x0cb61b38, 0x92d28e9b, 0xe5d5be0d, 0x7cdcefb7, 0x0bdbdf21,
	  0x86d3d2d4, 0xf1d4e242, 0x68ddb3f8, 0x1fda836e, 0x81be16cd, 0xf6b9265b, 0x6fb077e1, 0x18b74777,
	  0x88085ae6, 0xff0f6a70, 0x66063bca, 0x11010b5c, 0x8f659eff, 0xf862ae69, 0x616bffd3, 0x166ccf45,
	  0xa00ae278, 0xd70dd2ee, 0x4e048354, 0x3903b3c2, 0xa7672661, 0xd06016f7, 0x4969474d, 0x3e6e77db,
	  0xaed16a4a, 0xd9d65adc, 0x40df0b66, 0x37d83bf0, 0xa9bcae53, 0xdebb9ec5, 0x47b2cf7f, 0x30b5ffe9,
	  0xbdbdf21c, 0xcabac28a, 0x53b39330, 0x24b4a3a6, 0xbad03605, 0xcdd70693, 0x54de5729, 0x23d967bf,
	  0xb3667a2e, 0xc4614ab8, 0x5d681b02, 0x2a6f2b94, 0xb40bbe37, 0xc30c8ea1, 0x5a05df1b, 0x2d02ef8d,
	]);

	function crc32(buf) {
	  let crc = -1;
	  for (let x of buf) {
	    crc = CRC_TABLE[(crc ^ x) & 0xff] ^ (crc >>> 8);
	  }
	  return (crc ^ -1) >>> 0;
	}

	crc32_1 = crc32;
	return crc32_1;
}

var hasRequiredYauzl;

function requireYauzl () {
	if (hasRequiredYauzl) return yauzl;
	hasRequiredYauzl = 1;
	var fs = fs__default;
	var zlib = require$$1;
	var fd_slicer = requireFdSlicer();
	var util = util__default;
	var EventEmitter = require$$4__default.EventEmitter;
	var Transform = require$$5__default.Transform;
	var PassThrough = require$$5__default.PassThrough;
	var Writable = require$$5__default.Writable;

	// Node 20 added zlib.crc32.
	const crc32 = typeof zlib.crc32 === "function" ? zlib.crc32 : requireCrc32();

	yauzl.open = open;
	yauzl.fromFd = fromFd;
	yauzl.fromBuffer = fromBuffer;
	yauzl.fromRandomAccessReader = fromRandomAccessReader;
	yauzl.openPromise = openPromise;
	yauzl.fromFdPromise = fromFdPromise;
	yauzl.fromBufferPromise = fromBufferPromise;
	yauzl.fromRandomAccessReaderPromise = fromRandomAccessReaderPromise;

	yauzl.dosDateTimeToDate = dosDateTimeToDate;
	yauzl.getFileNameLowLevel = getFileNameLowLevel;
	yauzl.validateFileName = validateFileName;
	yauzl.parseExtraFields = parseExtraFields;
	yauzl.ZipFile = ZipFile;
	yauzl.Entry = Entry;
	yauzl.LocalFileHeader = LocalFileHeader;
	yauzl.RandomAccessReader = RandomAccessReader;

	function openPromise(path, options) {
	  return new Promise((resolve, reject) => {
	    open(path, {...options, lazyEntries: true}, function(err, zipfile) {
	      if (err) return reject(err);
	      resolve(zipfile);
	    });
	  });
	}
	function fromFdPromise(fd, options) {
	  return new Promise((resolve, reject) => {
	    fromFd(fd, {...options, lazyEntries: true}, function(err, zipfile) {
	      if (err) return reject(err);
	      resolve(zipfile);
	    });
	  });
	}
	function fromBufferPromise(buffer, options) {
	  return new Promise((resolve, reject) => {
	    fromBuffer(buffer, {...options, lazyEntries: true}, function(err, zipfile) {
	      if (err) return reject(err);
	      resolve(zipfile);
	    });
	  });
	}
	function fromRandomAccessReaderPromise(reader, totalSize, options) {
	  return new Promise((resolve, reject) => {
	    fromRandomAccessReader(reader, totalSize, {...options, lazyEntries: true}, function(err, zipfile) {
	      if (err) return reject(err);
	      resolve(zipfile);
	    });
	  });
	}

	function open(path, options, callback) {
	  if (typeof options === "function") {
	    callback = options;
	    options = null;
	  }
	  if (options == null) options = {};
	  if (options.autoClose == null) options.autoClose = true;
	  if (options.lazyEntries == null) options.lazyEntries = false;
	  if (options.decodeStrings == null) options.decodeStrings = true;
	  if (options.validateEntrySizes == null) options.validateEntrySizes = true;
	  if (options.strictFileNames == null) options.strictFileNames = false;
	  if (callback == null) callback = defaultCallback;
	  fs.open(path, "r", function(err, fd) {
	    if (err) return callback(err);
	    fromFd(fd, options, function(err, zipfile) {
	      if (err) fs.close(fd, defaultCallback);
	      callback(err, zipfile);
	    });
	  });
	}

	function fromFd(fd, options, callback) {
	  if (typeof options === "function") {
	    callback = options;
	    options = null;
	  }
	  if (options == null) options = {};
	  if (options.autoClose == null) options.autoClose = false;
	  if (options.lazyEntries == null) options.lazyEntries = false;
	  if (options.decodeStrings == null) options.decodeStrings = true;
	  if (options.validateEntrySizes == null) options.validateEntrySizes = true;
	  if (options.strictFileNames == null) options.strictFileNames = false;
	  if (callback == null) callback = defaultCallback;
	  fs.fstat(fd, function(err, stats) {
	    if (err) return callback(err);
	    var reader = new fd_slicer.FdSlicer(fd);
	    fromRandomAccessReader(reader, stats.size, options, callback);
	  });
	}

	function fromBuffer(buffer, options, callback) {
	  if (typeof options === "function") {
	    callback = options;
	    options = null;
	  }
	  if (options == null) options = {};
	  options.autoClose = false;
	  if (options.lazyEntries == null) options.lazyEntries = false;
	  if (options.decodeStrings == null) options.decodeStrings = true;
	  if (options.validateEntrySizes == null) options.validateEntrySizes = true;
	  if (options.strictFileNames == null) options.strictFileNames = false;
	  var reader = new fd_slicer.BufferSlicer(buffer);
	  fromRandomAccessReader(reader, buffer.length, options, callback);
	}

	function fromRandomAccessReader(reader, totalSize, options, callback) {
	  if (typeof options === "function") {
	    callback = options;
	    options = null;
	  }
	  if (options == null) options = {};
	  if (options.autoClose == null) options.autoClose = true;
	  if (options.lazyEntries == null) options.lazyEntries = false;
	  if (options.decodeStrings == null) options.decodeStrings = true;
	  var decodeStrings = !!options.decodeStrings;
	  if (options.validateEntrySizes == null) options.validateEntrySizes = true;
	  if (options.strictFileNames == null) options.strictFileNames = false;
	  if (callback == null) callback = defaultCallback;
	  if (typeof totalSize !== "number") throw new Error("expected totalSize parameter to be a number");
	  if (totalSize > Number.MAX_SAFE_INTEGER) {
	    throw new Error("zip file too large. only file sizes up to 2^52 are supported due to JavaScript's Number type being an IEEE 754 double.");
	  }

	  // the matching unref() call is in zipfile.close()
	  reader.ref();

	  // eocdr means End of Central Directory Record.
	  // search backwards for the eocdr signature.
	  // the last field of the eocdr is a variable-length comment.
	  // the comment size is encoded in a 2-byte field in the eocdr, which we can't find without trudging backwards through the comment to find it.
	  // as a consequence of this design decision, it's possible to have ambiguous zip file metadata if a coherent eocdr was in the comment.
	  // we search backwards for a eocdr signature, and hope that whoever made the zip file was smart enough to forbid the eocdr signature in the comment.
	  var eocdrWithoutCommentSize = 22;
	  var zip64EocdlSize = 20; // Zip64 end of central directory locator
	  var maxCommentSize = 0xffff; // 2-byte size
	  var bufferSize = Math.min(zip64EocdlSize + eocdrWithoutCommentSize + maxCommentSize, totalSize);
	  var buffer = newBuffer(bufferSize);
	  var bufferReadStart = totalSize - buffer.length;
	  readAndAssertNoEof(reader, buffer, 0, bufferSize, bufferReadStart, function(err) {
	    if (err) return callback(err);
	    for (var i = bufferSize - eocdrWithoutCommentSize; i >= 0; i -= 1) {
	      if (buffer.readUInt32LE(i) !== 0x06054b50) continue;
	      // found eocdr
	      var eocdrBuffer = buffer.subarray(i);

	      // 0 - End of central directory signature = 0x06054b50
	      // 4 - Number of this disk
	      var diskNumber = eocdrBuffer.readUInt16LE(4);
	      // 6 - Disk where central directory starts
	      // 8 - Number of central directory records on this disk
	      // 10 - Total number of central directory records
	      var entryCount = eocdrBuffer.readUInt16LE(10);
	      // 12 - Size of central directory (bytes)
	      // 16 - Offset of start of central directory, relative to start of archive
	      var centralDirectoryOffset = eocdrBuffer.readUInt32LE(16);
	      // 20 - Comment length
	      var commentLength = eocdrBuffer.readUInt16LE(20);
	      var expectedCommentLength = eocdrBuffer.length - eocdrWithoutCommentSize;
	      if (commentLength !== expectedCommentLength) {
	        return callback(new Error("Invalid comment length. Expected: " + expectedCommentLength + ". Found: " + commentLength + ". Are there extra bytes at the end of the file? Or is the end of central dir signature `PK☺☻` in the comment?"));
	      }
	      // 22 - Comment
	      // the encoding is always cp437.
	      var comment = decodeStrings ? decodeBuffer(eocdrBuffer.subarray(22), false)
	                                  : eocdrBuffer.subarray(22);

	      // Look for a Zip64 end of central directory locator
	      if (i - zip64EocdlSize >= 0 && buffer.readUInt32LE(i - zip64EocdlSize) === 0x07064b50) {
	        // ZIP64 format
	        var zip64EocdlBuffer = buffer.subarray(i - zip64EocdlSize, i - zip64EocdlSize + zip64EocdlSize);
	        // 0 - zip64 end of central dir locator signature = 0x07064b50
	        // 4 - number of the disk with the start of the zip64 end of central directory
	        // 8 - relative offset of the zip64 end of central directory record
	        var zip64EocdrOffset = readUInt64LE(zip64EocdlBuffer, 8);
	        // 16 - total number of disks

	        // ZIP64 end of central directory record
	        var zip64EocdrBuffer = newBuffer(56);
	        return readAndAssertNoEof(reader, zip64EocdrBuffer, 0, zip64EocdrBuffer.length, zip64EocdrOffset, function(err) {
	          if (err) return callback(err);

	          // 0 - zip64 end of central dir signature                           4 bytes  (0x06064b50)
	          if (zip64EocdrBuffer.readUInt32LE(0) !== 0x06064b50) {
	            return callback(new Error("invalid zip64 end of central directory record signature"));
	          }
	          // 4 - size of zip64 end of central directory record                8 bytes
	          // 12 - version made by                                             2 bytes
	          // 14 - version needed to extract                                   2 bytes
	          // 16 - number of this disk                                         4 bytes
	          diskNumber = zip64EocdrBuffer.readUInt32LE(16);
	          if (diskNumber !== 0) {
	            // Check this only after zip64 overrides. See #118.
	            return callback(new Error("multi-disk zip files are not supported: found disk number: " + diskNumber));
	          }
	          // 20 - number of the disk with the start of the central directory  4 bytes
	          // 24 - total number of entries in the central directory on this disk         8 bytes
	          // 32 - total number of entries in the central directory            8 bytes
	          entryCount = readUInt64LE(zip64EocdrBuffer, 32);
	          // 40 - size of the central directory                               8 bytes
	          // 48 - offset of start of central directory with respect to the starting disk number     8 bytes
	          centralDirectoryOffset = readUInt64LE(zip64EocdrBuffer, 48);
	          // 56 - zip64 extensible data sector                                (variable size)
	          return callback(null, new ZipFile(reader, centralDirectoryOffset, totalSize, entryCount, comment, options.autoClose, options.lazyEntries, decodeStrings, options.validateEntrySizes, options.strictFileNames));
	        });
	      }

	      // Not ZIP64 format
	      if (diskNumber !== 0) {
	        return callback(new Error("multi-disk zip files are not supported: found disk number: " + diskNumber));
	      }
	      return callback(null, new ZipFile(reader, centralDirectoryOffset, totalSize, entryCount, comment, options.autoClose, options.lazyEntries, decodeStrings, options.validateEntrySizes, options.strictFileNames));

	    }

	    // Not a zip file.
	    callback(new Error("End of central directory record signature not found. Either not a zip file, or file is truncated."));
	  });
	}

	util.inherits(ZipFile, EventEmitter);
	function ZipFile(reader, centralDirectoryOffset, fileSize, entryCount, comment, autoClose, lazyEntries, decodeStrings, validateEntrySizes, strictFileNames) {
	  var self = this;
	  EventEmitter.call(self);
	  self.reader = reader;
	  // forward close events
	  self.reader.on("error", function(err) {
	    // error closing the fd
	    emitError(self, err);
	  });
	  self.reader.once("close", function() {
	    self.emit("close");
	  });
	  self.readEntryCursor = centralDirectoryOffset;
	  self.fileSize = fileSize;
	  self.entryCount = entryCount;
	  self.comment = comment;
	  self.entriesRead = 0;
	  self.autoClose = !!autoClose;
	  self.lazyEntries = !!lazyEntries;
	  self.decodeStrings = !!decodeStrings;
	  self.validateEntrySizes = !!validateEntrySizes;
	  self.strictFileNames = !!strictFileNames;
	  self.isOpen = true;
	  self.emittedError = false;
	  self.hasEachEntryBeenCalled = false;

	  if (!self.lazyEntries) self._readEntry();
	}
	ZipFile.prototype.close = function() {
	  if (!this.isOpen) return;
	  this.isOpen = false;
	  this.reader.unref();
	};

	function emitErrorAndAutoClose(self, err) {
	  if (self.autoClose) self.close();
	  emitError(self, err);
	}
	function emitError(self, err) {
	  if (self.emittedError) return;
	  self.emittedError = true;
	  self.emit("error", err);
	}

	ZipFile.prototype.readEntry = function() {
	  if (!this.lazyEntries) throw new Error("readEntry() called without lazyEntries:true");
	  this._readEntry();
	};
	ZipFile.prototype._readEntry = function() {
	  var self = this;
	  if (self.entryCount === self.entriesRead) {
	    // done with metadata
	    setImmediate(function() {
	      if (self.autoClose) self.close();
	      if (self.emittedError) return;
	      self.emit("end");
	    });
	    return;
	  }
	  if (self.emittedError) return;
	  var buffer = newBuffer(46);
	  readAndAssertNoEof(self.reader, buffer, 0, buffer.length, self.readEntryCursor, function(err) {
	    if (err) return emitErrorAndAutoClose(self, err);
	    if (self.emittedError) return;
	    var entry = new Entry();
	    // 0 - Central directory file header signature
	    var signature = buffer.readUInt32LE(0);
	    if (signature !== 0x02014b50) return emitErrorAndAutoClose(self, new Error("invalid central directory file header signature: 0x" + signature.toString(16)));
	    // 4 - Version made by
	    entry.versionMadeBy = buffer.readUInt16LE(4);
	    // 6 - Version needed to extract (minimum)
	    entry.versionNeededToExtract = buffer.readUInt16LE(6);
	    // 8 - General purpose bit flag
	    entry.generalPurposeBitFlag = buffer.readUInt16LE(8);
	    // 10 - Compression method
	    entry.compressionMethod = buffer.readUInt16LE(10);
	    // 12 - File last modification time
	    entry.lastModFileTime = buffer.readUInt16LE(12);
	    // 14 - File last modification date
	    entry.lastModFileDate = buffer.readUInt16LE(14);
	    // 16 - CRC-32
	    entry.crc32 = buffer.readUInt32LE(16);
	    // 20 - Compressed size
	    entry.compressedSize = buffer.readUInt32LE(20);
	    // 24 - Uncompressed size
	    entry.uncompressedSize = buffer.readUInt32LE(24);
	    // 28 - File name length (n)
	    entry.fileNameLength = buffer.readUInt16LE(28);
	    // 30 - Extra field length (m)
	    entry.extraFieldLength = buffer.readUInt16LE(30);
	    // 32 - File comment length (k)
	    entry.fileCommentLength = buffer.readUInt16LE(32);
	    // 34 - Disk number where file starts
	    // 36 - Internal file attributes
	    entry.internalFileAttributes = buffer.readUInt16LE(36);
	    // 38 - External file attributes
	    entry.externalFileAttributes = buffer.readUInt32LE(38);
	    // 42 - Relative offset of local file header
	    entry.relativeOffsetOfLocalHeader = buffer.readUInt32LE(42);

	    if (entry.generalPurposeBitFlag & 0x40) return emitErrorAndAutoClose(self, new Error("strong encryption is not supported"));

	    self.readEntryCursor += 46;

	    buffer = newBuffer(entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength);
	    readAndAssertNoEof(self.reader, buffer, 0, buffer.length, self.readEntryCursor, function(err) {
	      if (err) return emitErrorAndAutoClose(self, err);
	      if (self.emittedError) return;
	      // 46 - File name
	      entry.fileNameRaw = buffer.subarray(0, entry.fileNameLength);
	      // 46+n - Extra field
	      var fileCommentStart = entry.fileNameLength + entry.extraFieldLength;
	      entry.extraFieldRaw = buffer.subarray(entry.fileNameLength, fileCommentStart);
	      // 46+n+m - File comment
	      entry.fileCommentRaw = buffer.subarray(fileCommentStart, fileCommentStart + entry.fileCommentLength);

	      // Parse the extra fields, which we need for processing other fields.
	      try {
	        entry.extraFields = parseExtraFields(entry.extraFieldRaw);
	      } catch (err) {
	        return emitErrorAndAutoClose(self, err);
	      }

	      // Interpret strings according to bit flags, extra fields, and options.
	      if (self.decodeStrings) {
	        var isUtf8 = (entry.generalPurposeBitFlag & 0x800) !== 0;
	        entry.fileComment = decodeBuffer(entry.fileCommentRaw, isUtf8);
	        entry.fileName = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, self.strictFileNames);
	        var errorMessage = validateFileName(entry.fileName);
	        if (errorMessage != null) return emitErrorAndAutoClose(self, new Error(errorMessage));
	      } else {
	        entry.fileComment = entry.fileCommentRaw;
	        entry.fileName = entry.fileNameRaw;
	      }
	      // Maintain API compatibility. See https://github.com/thejoshwolfe/yauzl/issues/47
	      entry.comment = entry.fileComment;

	      self.readEntryCursor += buffer.length;
	      self.entriesRead += 1;

	      // Check for the Zip64 Extended Information Extra Field.
	      for (var i = 0; i < entry.extraFields.length; i++) {
	        var extraField = entry.extraFields[i];
	        if (extraField.id !== 0x0001) continue;
	        // Found it.

	        var zip64EiefBuffer = extraField.data;
	        var index = 0;
	        // 0 - Original Size          8 bytes
	        if (entry.uncompressedSize === 0xffffffff) {
	          if (index + 8 > zip64EiefBuffer.length) {
	            return emitErrorAndAutoClose(self, new Error("zip64 extended information extra field does not include uncompressed size"));
	          }
	          entry.uncompressedSize = readUInt64LE(zip64EiefBuffer, index);
	          index += 8;
	        }
	        // 8 - Compressed Size        8 bytes
	        if (entry.compressedSize === 0xffffffff) {
	          if (index + 8 > zip64EiefBuffer.length) {
	            return emitErrorAndAutoClose(self, new Error("zip64 extended information extra field does not include compressed size"));
	          }
	          entry.compressedSize = readUInt64LE(zip64EiefBuffer, index);
	          index += 8;
	        }
	        // 16 - Relative Header Offset 8 bytes
	        if (entry.relativeOffsetOfLocalHeader === 0xffffffff) {
	          if (index + 8 > zip64EiefBuffer.length) {
	            return emitErrorAndAutoClose(self, new Error("zip64 extended information extra field does not include relative header offset"));
	          }
	          entry.relativeOffsetOfLocalHeader = readUInt64LE(zip64EiefBuffer, index);
	          index += 8;
	        }
	        // 24 - Disk Start Number      4 bytes

	        break;
	      }

	      // validate file size
	      if (self.validateEntrySizes && entry.compressionMethod === 0) {
	        var expectedCompressedSize = entry.uncompressedSize;
	        if (entry.isEncrypted()) {
	          // traditional encryption prefixes the file data with a header
	          expectedCompressedSize += 12;
	        }
	        if (entry.compressedSize !== expectedCompressedSize) {
	          var msg = "compressed/uncompressed size mismatch for stored file: " + entry.compressedSize + " != " + entry.uncompressedSize;
	          return emitErrorAndAutoClose(self, new Error(msg));
	        }
	      }

	      self.emit("entry", entry);

	      if (!self.lazyEntries) self._readEntry();
	    });
	  });
	};

	ZipFile.prototype.eachEntry = function() {
	  const self = this;
	  if (!self.lazyEntries) throw new Error("eachEntry() requires lazyEntries: true");
	  if (self.hasEachEntryBeenCalled) throw new Error("eachEntry() must only be called once per ZipFile");
	  self.hasEachEntryBeenCalled = true;

	  let pendingResolveReject = null;
	  self.on("entry", onEntry);
	  self.on("end", onEnd);
	  self.on("error", onError);
	  function cleanup() {
	    self.removeListener("entry", onEntry);
	    self.removeListener("end", onEnd);
	    self.removeListener("error", onError);
	    if (self.autoClose) self.close();
	  }

	  function onEntry(entry) {
	    let {resolve} = pendingResolveReject;
	    pendingResolveReject = null;
	    resolve({value: entry});
	  }
	  function onEnd() {
	    let {resolve} = pendingResolveReject;
	    pendingResolveReject = null;
	    cleanup();
	    resolve({done: true});
	  }
	  function onError(err) {
	    let {reject} = pendingResolveReject;
	    pendingResolveReject = null;
	    cleanup();
	    reject(err);
	  }

	  return {
	    [Symbol.asyncIterator]() {
	      // Called once by `for await...of`.
	      return this;
	    },
	    next() {
	      // Called on each iteration in a `for await...of`.
	      const promise = new Promise((resolve, reject) => {
	        if (pendingResolveReject != null) throw new Error("next() called before previous Promise was resolved.");
	        pendingResolveReject = {resolve, reject};
	      });
	      self.readEntry();
	      return promise;
	    },
	    return(value) {
	      // Called when breaking, returning, throwing out of a `for await...of`.
	      cleanup();
	      return Promise.resolve({done: true, value});
	    },
	    throw(value) {
	      // Almost never called. Something about `yield*` maybe?
	      cleanup();
	      return Promise.reject(value);
	    },
	  };
	};

	ZipFile.prototype.openReadStream = function(entry, options, callback) {
	  var self = this;
	  // parameter validation
	  var relativeStart = 0;
	  var relativeEnd = entry.compressedSize;
	  if (callback == null) {
	    callback = options;
	    options = null;
	  }
	  if (options == null) {
	    options = {};
	  } else {
	    if (options.decodeFileData === false) {
	      // new, simple option
	      if (options.decrypt != null) {
	        throw new Error("cannot use options.decrypt when options.decodeFileData === false");
	      }
	      if (options.decompress != null) {
	        throw new Error("cannot use options.decompress when options.decodeFileData === false");
	      }
	      // start and end are allowed
	    } else {
	      // old, complicated options
	      if (options.decrypt != null) {
	        if (!entry.isEncrypted()) {
	          throw new Error("options.decrypt can only be specified for encrypted entries. See also option decodeFileData.");
	        }
	        if (options.decrypt !== false) throw new Error("invalid options.decrypt value: " + options.decrypt);
	        if (entry.isCompressed()) {
	          if (options.decompress !== false) throw new Error("entry is encrypted and compressed, and options.decompress !== false. See also option decodeFileData.");
	        }
	      }
	      if (options.decompress != null) {
	        if (!entry.isCompressed()) {
	          throw new Error("options.decompress can only be specified for compressed entries. See also option decodeFileData.");
	        }
	        if (!(options.decompress === false || options.decompress === true)) {
	          throw new Error("invalid options.decompress value: " + options.decompress);
	        }
	        decompress = options.decompress;
	      }
	    }
	    if (options.start != null) {
	      relativeStart = options.start;
	      if (relativeStart < 0) throw new Error("options.start < 0");
	      if (relativeStart > entry.compressedSize) throw new Error("options.start > entry.compressedSize");
	    }
	    if (options.end != null) {
	      relativeEnd = options.end;
	      if (relativeEnd < 0) throw new Error("options.end < 0");
	      if (relativeEnd > entry.compressedSize) throw new Error("options.end > entry.compressedSize");
	      if (relativeEnd < relativeStart) throw new Error("options.end < options.start");
	    }
	  }
	  var rawMode = (
	    options.decodeFileData === false || // Explicitly requested raw.
	    (
	      (entry.compressionMethod === 0 || // Naturally without compression.
	        (entry.compressionMethod === 8 && options.decompress === false) // Deprecated compression bypass option.
	      ) &&
	      (!entry.isEncrypted() || // Naturally without encryption.
	        options.decrypt === false // Deprecated encryption bypass option.
	      )
	    )
	  );
	  if (options.start != null || options.end != null) {
	    // Ensure slicing deals with raw data.
	    if (!rawMode) throw new Error("start/end range require options.decodeFileData === false for non-trivial encoded entries.");
	  }

	  // any further errors can either be caused by the zipfile,
	  // or were introduced in a minor version of yauzl,
	  // so should be passed to the client rather than thrown.
	  if (!self.isOpen) return callback(new Error("closed"));
	  if (entry.isEncrypted() && !rawMode) {
	    if (options.decrypt !== false) return callback(new Error("entry is encrypted, and options.decodeFileData !== false"));
	  }
	  var decompress;
	  if (rawMode) {
	    decompress = false;
	  } else if (entry.compressionMethod === 8) {
	    // 8 - The file is Deflated
	    decompress = options.decodeFileData !== true;
	  } else {
	    return callback(new Error("unsupported compression method: " + entry.compressionMethod));
	  }

	  self.readLocalFileHeader(entry, {minimal: true}, function(err, localFileHeader) {
	    if (err) return callback(err);
	    self.openReadStreamLowLevel(
	      localFileHeader.fileDataStart, entry.compressedSize,
	      relativeStart, relativeEnd,
	      decompress, entry.uncompressedSize,
	      callback);
	  });
	};

	ZipFile.prototype.openReadStreamLowLevel = function(fileDataStart, compressedSize, relativeStart, relativeEnd, decompress, uncompressedSize, callback) {
	  var self = this;
	  var readStream = self.reader.createReadStream({
	    start: fileDataStart + relativeStart,
	    end: fileDataStart + relativeEnd,
	  });
	  var endpointStream = readStream;
	  if (decompress) {
	    var destroyed = false;
	    var inflateFilter = zlib.createInflateRaw();
	    readStream.on("error", function(err) {
	      // setImmediate here because errors can be emitted during the first call to pipe()
	      setImmediate(function() {
	        if (!destroyed) inflateFilter.emit("error", err);
	      });
	    });
	    readStream.pipe(inflateFilter);

	    if (self.validateEntrySizes) {
	      endpointStream = new AssertByteCountStream(uncompressedSize);
	      inflateFilter.on("error", function(err) {
	        // forward zlib errors to the client-visible stream
	        setImmediate(function() {
	          if (!destroyed) endpointStream.emit("error", err);
	        });
	      });
	      inflateFilter.pipe(endpointStream);
	    } else {
	      // the zlib filter is the client-visible stream
	      endpointStream = inflateFilter;
	    }
	    // this is part of yauzl's API, so implement this function on the client-visible stream
	    installDestroyFn(endpointStream, function() {
	      destroyed = true;
	      if (inflateFilter !== endpointStream) inflateFilter.unpipe(endpointStream);
	      readStream.unpipe(inflateFilter);
	      // TODO: the inflateFilter may cause a memory leak. see Issue #27.
	      readStream.destroy();
	    });
	  }
	  callback(null, endpointStream);
	};

	ZipFile.prototype.readLocalFileHeader = function(entry, options, callback) {
	  var self = this;
	  if (callback == null) {
	    callback = options;
	    options = null;
	  }
	  if (options == null) options = {};

	  self.reader.ref();
	  var buffer = newBuffer(30);
	  readAndAssertNoEof(self.reader, buffer, 0, buffer.length, entry.relativeOffsetOfLocalHeader, function(err) {
	    try {
	      if (err) return callback(err);
	      // 0 - Local file header signature = 0x04034b50
	      var signature = buffer.readUInt32LE(0);
	      if (signature !== 0x04034b50) {
	        return callback(new Error("invalid local file header signature: 0x" + signature.toString(16)));
	      }

	      var fileNameLength = buffer.readUInt16LE(26);
	      var extraFieldLength = buffer.readUInt16LE(28);
	      var fileDataStart = entry.relativeOffsetOfLocalHeader + 30 + fileNameLength + extraFieldLength;
	      // We now have enough information to do this bounds check.
	      if (fileDataStart + entry.compressedSize > self.fileSize) {
	        return callback(new Error("file data overflows file bounds: " +
	            fileDataStart + " + " + entry.compressedSize + " > " + self.fileSize));
	      }

	      if (options.minimal) {
	        return callback(null, {fileDataStart: fileDataStart});
	      }

	      var localFileHeader = new LocalFileHeader();
	      localFileHeader.fileDataStart = fileDataStart;

	      // 4 - Version needed to extract (minimum)
	      localFileHeader.versionNeededToExtract = buffer.readUInt16LE(4);
	      // 6 - General purpose bit flag
	      localFileHeader.generalPurposeBitFlag = buffer.readUInt16LE(6);
	      // 8 - Compression method
	      localFileHeader.compressionMethod = buffer.readUInt16LE(8);
	      // 10 - File last modification time
	      localFileHeader.lastModFileTime = buffer.readUInt16LE(10);
	      // 12 - File last modification date
	      localFileHeader.lastModFileDate = buffer.readUInt16LE(12);
	      // 14 - CRC-32
	      localFileHeader.crc32 = buffer.readUInt32LE(14);
	      // 18 - Compressed size
	      localFileHeader.compressedSize = buffer.readUInt32LE(18);
	      // 22 - Uncompressed size
	      localFileHeader.uncompressedSize = buffer.readUInt32LE(22);
	      // 26 - File name length (n)
	      localFileHeader.fileNameLength = fileNameLength;
	      // 28 - Extra field length (m)
	      localFileHeader.extraFieldLength = extraFieldLength;
	      // 30 - File name
	      // 30+n - Extra field

	      buffer = newBuffer(fileNameLength + extraFieldLength);
	      self.reader.ref();
	      readAndAssertNoEof(self.reader, buffer, 0, buffer.length, entry.relativeOffsetOfLocalHeader + 30, function(err) {
	        try {
	          if (err) return callback(err);
	          localFileHeader.fileName = buffer.subarray(0, fileNameLength);
	          localFileHeader.extraField = buffer.subarray(fileNameLength);
	          return callback(null, localFileHeader);
	        } finally {
	          self.reader.unref();
	        }
	      });
	    } finally {
	      self.reader.unref();
	    }
	  });
	};

	ZipFile.prototype.openReadStreamPromise = function(entry, options) {
	  return new Promise((resolve, reject) => {
	    this.openReadStream(entry, options, function(err, readStream) {
	      if (err) return reject(err);
	      resolve(readStream);
	    });
	  });
	};
	ZipFile.prototype.openReadStreamLowLevelPromise = function(fileDataStart, compressedSize, relativeStart, relativeEnd, decompress, uncompressedSize) {
	  return new Promise((resolve, reject) => {
	    this.openReadStream(fileDataStart, compressedSize, relativeStart, relativeEnd, decompress, uncompressedSize, function(err, readStream) {
	      if (err) return reject(err);
	      resolve(readStream);
	    });
	  });
	};
	ZipFile.prototype.readLocalFileHeaderPromise = function(entry, options) {
	  return new Promise((resolve, reject) => {
	    this.readLocalFileHeader(entry, options, function(err, localFileHeader) {
	      if (err) return reject(err);
	      resolve(localFileHeader);
	    });
	  });
	};

	function Entry() {
	}
	Entry.prototype.getLastModDate = function(options) {
	  if (options == null) options = {};

	  if (!options.forceDosFormat) {
	    // Check extended fields.
	    for (var i = 0; i < this.extraFields.length; i++) {
	      var extraField = this.extraFields[i];
	      if (extraField.id === 0x5455) {
	        // Info-ZIP "universal timestamp" extended field (`0x5455` aka `"UT"`).
	        // See the Info-ZIP source code unix/unix.c:set_extra_field() and zipfile.c:ef_scan_ut_time().
	        var data = extraField.data;
	        if (data.length < 5) continue; // Too short.
	        // The flags define which of the three fields are present: mtime, atime, ctime.
	        // We only care about mtime.
	        // Also, ctime is never included in practice.
	        // And also, atime is only included in the local file header for some reason
	        // despite the flags lying about its inclusion in the central header.
	        var flags = data[0];
	        var HAS_MTIME = 1;
	        if (!(flags & HAS_MTIME)) continue; // This will realistically never happen.
	        // Although the positions of all of the fields shift around depending on the presence of other fields,
	        // mtime is always first if present, and that's the only one we care about.
	        var posixTimestamp = data.readInt32LE(1);
	        return new Date(posixTimestamp * 1000);
	      } else if (extraField.id === 0x000a) {
	        var data = extraField.data;
	        if (data.length !== 32) continue; // The length is always the same.
	        // 4 bytes reserved
	        // 2 bytes Tag
	        if (data.readUInt16LE(4) !== 1) continue; // Tag1 is actually the only defined Tag.
	        // 2 bytes Size
	        if (data.readUInt16LE(6) !== 24) continue; // Size is always 24.
	        // 8 bytes Mtime
	        var hundredNanoSecondsSince1601 = data.readUInt32LE(8) + 4294967296 * data.readInt32LE(12);
	        // Convert from NTFS to POSIX milliseconds.
	        // The big number below is the milliseconds between year 1601 and year 1970
	        // (i.e. the negative POSIX timestamp of 1601-01-01 00:00:00Z)
	        var millisecondsSince1970 = hundredNanoSecondsSince1601 / 10000 - 11644473600000;
	        // Note on numeric precision: JavaScript Number objects lose precision above Number.MAX_SAFE_INTEGER,
	        // and NTFS timestamps are typically much bigger than that limit.
	        // (MAX_SAFE_INTEGER would represent 1629-07-17T23:58:45.475Z.)
	        // However, we're losing precision in the conversion from 100nanosecond units to millisecond units anyway,
	        // and the time at which we also lose 1-millisecond precision is year 275760, the JavaScript Date limit (by design).
	        // Up through the year 2057, this conversion only drops 4 bits of precision,
	        // which is well under the 13-14 bits ratio between the milliseconds and 100nanoseconds.
	        return new Date(millisecondsSince1970);
	      }
	    }
	  }

	  // Fallback to non-extended encoding.
	  return dosDateTimeToDate(this.lastModFileDate, this.lastModFileTime, options.timezone);
	};

	Entry.prototype.canDecodeFileData = function() {
	  return (
	    !this.isEncrypted() &&
	    (this.compressionMethod === 0 || this.compressionMethod === 8)
	  );
	};
	Entry.prototype.isEncrypted = function() {
	  return (this.generalPurposeBitFlag & 0x1) !== 0;
	};
	Entry.prototype.isCompressed = function() {
	  return this.compressionMethod === 8;
	};

	function LocalFileHeader() {
	}

	function dosDateTimeToDate(date, time, timezone) {
	  var day = date & 0x1f; // 1-31
	  var month = (date >> 5 & 0xf) - 1; // 1-12, 0-11
	  var year = (date >> 9 & 0x7f) + 1980; // 0-128, 1980-2108

	  var millisecond = 0;
	  var second = (time & 0x1f) * 2; // 0-29, 0-58 (even numbers)
	  var minute = time >> 5 & 0x3f; // 0-59
	  var hour = time >> 11 & 0x1f; // 0-23

	  if (timezone == null || timezone === "local") {
	    return new Date(year, month, day, hour, minute, second, millisecond);
	  } else if (timezone === "UTC") {
	    return new Date(Date.UTC(year, month, day, hour, minute, second, millisecond));
	  } else {
	    throw new Error("unrecognized options.timezone: " + options.timezone);
	  }
	}

	function getFileNameLowLevel(generalPurposeBitFlag, fileNameBuffer, extraFields, strictFileNames) {
	  var fileName = null;

	  // check for Info-ZIP Unicode Path Extra Field (0x7075)
	  // see https://github.com/thejoshwolfe/yauzl/issues/33
	  for (var i = 0; i < extraFields.length; i++) {
	    var extraField = extraFields[i];
	    if (extraField.id === 0x7075) {
	      if (extraField.data.length < 6) {
	        // too short to be meaningful
	        continue;
	      }
	      // Version       1 byte      version of this extra field, currently 1
	      if (extraField.data.readUInt8(0) !== 1) {
	        // > Changes may not be backward compatible so this extra
	        // > field should not be used if the version is not recognized.
	        continue;
	      }
	      // NameCRC32     4 bytes     File Name Field CRC32 Checksum
	      var oldNameCrc32 = extraField.data.readUInt32LE(1);
	      if (crc32(fileNameBuffer) !== oldNameCrc32) {
	        // > If the CRC check fails, this UTF-8 Path Extra Field should be
	        // > ignored and the File Name field in the header should be used instead.
	        continue;
	      }
	      // UnicodeName   Variable    UTF-8 version of the entry File Name
	      fileName = decodeBuffer(extraField.data.subarray(5), true);
	      break;
	    }
	  }

	  if (fileName == null) {
	    // The typical case.
	    var isUtf8 = (generalPurposeBitFlag & 0x800) !== 0;
	    fileName = decodeBuffer(fileNameBuffer, isUtf8);
	  }

	  if (!strictFileNames) {
	    // Allow backslash.
	    fileName = fileName.replace(/\\/g, "/");
	  }
	  return fileName;
	}

	function validateFileName(fileName) {
	  if (fileName.indexOf("\\") !== -1) {
	    return "invalid characters in fileName: " + fileName;
	  }
	  if (/^[a-zA-Z]:/.test(fileName) || /^\//.test(fileName)) {
	    return "absolute path: " + fileName;
	  }
	  if (fileName.split("/").indexOf("..") !== -1) {
	    return "invalid relative path: " + fileName;
	  }
	  // all good
	  return null;
	}

	function parseExtraFields(extraFieldBuffer) {
	  var extraFields = [];
	  var i = 0;
	  while (i < extraFieldBuffer.length - 3) {
	    var headerId = extraFieldBuffer.readUInt16LE(i + 0);
	    var dataSize = extraFieldBuffer.readUInt16LE(i + 2);
	    var dataStart = i + 4;
	    var dataEnd = dataStart + dataSize;
	    if (dataEnd > extraFieldBuffer.length) throw new Error("extra field length exceeds extra field buffer size");
	    var dataBuffer = extraFieldBuffer.subarray(dataStart, dataEnd);
	    extraFields.push({
	      id: headerId,
	      data: dataBuffer,
	    });
	    i = dataEnd;
	  }
	  return extraFields;
	}

	function readAndAssertNoEof(reader, buffer, offset, length, position, callback) {
	  if (length === 0) {
	    // fs.read will throw an out-of-bounds error if you try to read 0 bytes from a 0 byte file
	    return setImmediate(function() { callback(null, newBuffer(0)); });
	  }
	  reader.read(buffer, offset, length, position, function(err, bytesRead) {
	    if (err) return callback(err);
	    if (bytesRead < length) {
	      return callback(new Error("unexpected EOF"));
	    }
	    callback();
	  });
	}

	util.inherits(AssertByteCountStream, Transform);
	function AssertByteCountStream(byteCount) {
	  Transform.call(this);
	  this.actualByteCount = 0;
	  this.expectedByteCount = byteCount;
	}
	AssertByteCountStream.prototype._transform = function(chunk, encoding, cb) {
	  this.actualByteCount += chunk.length;
	  if (this.actualByteCount > this.expectedByteCount) {
	    var msg = "too many bytes in the stream. expected " + this.expectedByteCount + ". got at least " + this.actualByteCount;
	    return cb(new Error(msg));
	  }
	  cb(null, chunk);
	};
	AssertByteCountStream.prototype._flush = function(cb) {
	  if (this.actualByteCount < this.expectedByteCount) {
	    var msg = "not enough bytes in the stream. expected " + this.expectedByteCount + ". got only " + this.actualByteCount;
	    return cb(new Error(msg));
	  }
	  cb();
	};

	util.inherits(RandomAccessReader, EventEmitter);
	function RandomAccessReader() {
	  EventEmitter.call(this);
	  this.refCount = 0;
	}
	RandomAccessReader.prototype.ref = function() {
	  this.refCount += 1;
	};
	RandomAccessReader.prototype.unref = function() {
	  var self = this;
	  self.refCount -= 1;

	  if (self.refCount > 0) return;
	  if (self.refCount < 0) throw new Error("invalid unref");

	  self.close(onCloseDone);

	  function onCloseDone(err) {
	    if (err) return self.emit('error', err);
	    self.emit('close');
	  }
	};
	RandomAccessReader.prototype.createReadStream = function(options) {
	  if (options == null) options = {};
	  var start = options.start;
	  var end = options.end;
	  if (start === end) {
	    var emptyStream = new PassThrough();
	    setImmediate(function() {
	      emptyStream.end();
	    });
	    return emptyStream;
	  }
	  var stream = this._readStreamForRange(start, end);

	  var destroyed = false;
	  var refUnrefFilter = new RefUnrefFilter(this);
	  stream.on("error", function(err) {
	    setImmediate(function() {
	      if (!destroyed) refUnrefFilter.emit("error", err);
	    });
	  });
	  installDestroyFn(refUnrefFilter, function() {
	    stream.unpipe(refUnrefFilter);
	    refUnrefFilter.unref();
	    stream.destroy();
	  });

	  var byteCounter = new AssertByteCountStream(end - start);
	  refUnrefFilter.on("error", function(err) {
	    setImmediate(function() {
	      if (!destroyed) byteCounter.emit("error", err);
	    });
	  });
	  installDestroyFn(byteCounter, function() {
	    destroyed = true;
	    refUnrefFilter.unpipe(byteCounter);
	    refUnrefFilter.destroy();
	  });

	  return stream.pipe(refUnrefFilter).pipe(byteCounter);
	};
	RandomAccessReader.prototype._readStreamForRange = function(start, end) {
	  throw new Error("not implemented");
	};
	RandomAccessReader.prototype.read = function(buffer, offset, length, position, callback) {
	  var readStream = this.createReadStream({start: position, end: position + length});
	  var writeStream = new Writable();
	  var written = 0;
	  writeStream._write = function(chunk, encoding, cb) {
	    chunk.copy(buffer, offset + written, 0, chunk.length);
	    written += chunk.length;
	    cb();
	  };
	  writeStream.on("finish", callback);
	  readStream.on("error", function(error) {
	    callback(error);
	  });
	  readStream.pipe(writeStream);
	};
	RandomAccessReader.prototype.close = function(callback) {
	  setImmediate(callback);
	};

	util.inherits(RefUnrefFilter, PassThrough);
	function RefUnrefFilter(context) {
	  PassThrough.call(this);
	  this.context = context;
	  this.context.ref();
	  this.unreffedYet = false;
	}
	RefUnrefFilter.prototype._flush = function(cb) {
	  this.unref();
	  cb();
	};
	RefUnrefFilter.prototype.unref = function(cb) {
	  if (this.unreffedYet) return;
	  this.unreffedYet = true;
	  this.context.unref();
	};

	var cp437 = '\u0000☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼ !"#$%&\'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';
	function decodeBuffer(buffer, isUtf8) {
	  if (isUtf8) {
	    return buffer.toString("utf8");
	  } else {
	    var result = "";
	    for (var i = 0; i < buffer.length; i++) {
	      result += cp437[buffer[i]];
	    }
	    return result;
	  }
	}

	function readUInt64LE(buffer, offset) {
	  // There is no native function for this, because we can't actually store 64-bit integers precisely.
	  // after 53 bits, JavaScript's Number type (IEEE 754 double) can't store individual integers anymore.
	  // but since 53 bits is a whole lot more than 32 bits, we do our best anyway.
	  // As of 2020, Node has added support for BigInt, which obviates this whole function,
	  // but yauzl hasn't been updated to depend on BigInt (yet?).
	  var lower32 = buffer.readUInt32LE(offset);
	  var upper32 = buffer.readUInt32LE(offset + 4);
	  // we can't use bitshifting here, because JavaScript bitshifting only works on 32-bit integers.
	  return upper32 * 0x100000000 + lower32;
	  // as long as we're bounds checking the result of this function against the total file size,
	  // we'll catch any overflow errors, because we already made sure the total file size was within reason.
	}

	// Node 10 deprecated new Buffer().
	var newBuffer;
	if (typeof Buffer.allocUnsafe === "function") {
	  newBuffer = function(len) {
	    return Buffer.allocUnsafe(len);
	  };
	} else {
	  newBuffer = function(len) {
	    return new Buffer(len);
	  };
	}

	// Node 8 introduced a proper destroy() implementation on writable streams.
	function installDestroyFn(stream, fn) {
	  if (typeof stream.destroy === "function") {
	    // New API.
	    stream._destroy = function(err, cb) {
	      fn();
	      if (cb != null) cb(err);
	    };
	  } else {
	    // Old API.
	    stream.destroy = fn;
	  }
	}

	function defaultCallback(err) {
	  if (err) throw err;
	}
	return yauzl;
}

var yauzlExports = requireYauzl();

/**
 * GitHub's limits, each with its source, and the bounds we set ourselves. Nothing outside this file repeats one.
 * "REST" is docs.github.com/rest, "runner" is the source of actions/runner.
 */
const limits = {
    comment: {
        /** 422 `body is too long (maximum is 65536 characters)`; REST, issues/comments. */
        maxCharacters: 65_536,
        /** What a report should aim at: the marker line and GitHub's own counting of line ends need room. */
        targetCharacters: 60_000,
        /** Comments read while the sticky one is looked for: 100 pages. */
        maxPages: 100
    },
    check: {
        /** `summary` and `text` of a check run, counted in bytes as the strictest reading; REST, checks/runs. */
        maxSummaryBytes: 65_535,
        maxTextBytes: 65_535,
        /** A create or update with more is rejected or loses them; REST, checks/runs. */
        annotationsPerCall: 50,
        /** 64 KB; REST, checks/runs. */
        maxAnnotationMessageBytes: 65_535,
        /** REST, checks/runs. */
        maxAnnotationTitleCharacters: 255
    },
    annotation: {
        /** The eleventh of a type in one step is dropped without a word; runner, ExecutionContext `_maxCountPerIssueType`. */
        maxPerKind: 10,
        /** Longer messages are cut; runner, ExecutionContext. */
        maxMessageCharacters: 4_096
    },
    summary: {
        /** Per step; a larger file is dropped as a whole; runner, FileCommandManager. */
        maxBytes: 1_048_576
    },
    output: {
        /** All outputs of one job; GitHub documentation, workflow syntax. */
        maxBytesPerJob: 1_048_576
    },
    request: {
        /** GitHub's largest page; REST, pagination. */
        pageSize: 100,
        timeoutMs: 20_000,
        attempts: 4,
        /** First pause; doubled each time. */
        baseDelayMs: 1_000,
        /** After a secondary limit without Retry-After: "at least one minute"; REST, best practices. */
        limitDelayMs: 60_000,
        /** All that one call may spend on pauses, those that GitHub asks for included. */
        maxWaitMs: 60_000,
        /** A larger answer of the API is no answer we asked for. */
        maxAnswerBytes: 16 * 1_048_576
    },
    cache: {
        /** @actions/cache `checkKey`. */
        maxKeyCharacters: 512,
        /** Around each call: the library itself may wait for 10 minutes. */
        timeoutMs: 60_000,
        maxTables: 256,
        /** A table of 10,000 tensors is about 2 MB. */
        maxTableBytes: 16 * 1_048_576
    },
    baseline: {
        maxResultBytes: 32 * 1_048_576,
        /** More than a million samples. */
        maxSamplesBytes: 128 * 1_048_576
    },
    artifact: {
        /** result.json and the rest of a report folder without its models. */
        maxZipBytes: 32 * 1_048_576,
        maxEntries: 1_000,
        maxFileBytes: 64 * 1_048_576,
        maxTotalBytes: 128 * 1_048_576,
        /** Artifacts looked through for a baseline: 3 pages. */
        maxPages: 3
    }
};

/**
 * Reads files out of a zip that nobody vouches for, in memory. The directory of the archive is checked as a whole before
 * a byte is inflated: names (no `..`, no absolute path, none twice), no links, no encryption, sizes and their sum.
 * Then each wanted file is inflated to the size that was announced, and its checksum compared.
 *
 * @param wanted which entries are read, by their name in the archive
 */
async function unzip(zip, wanted, bounds = limits.artifact) {
    try {
        const archive = await yauzlExports.fromBufferPromise(Buffer.from(zip), {
            lazyEntries: true,
            autoClose: false,
            strictFileNames: true
        });
        const entries = await readDirectory(archive, bounds);
        const files = new Map();
        for (const entry of entries) {
            if (wanted(entry.fileName))
                files.set(entry.fileName, await inflate(archive, entry));
        }
        return { ok: true, files };
    }
    catch (error) {
        return { ok: false, reason: messageOf(error) };
    }
}
async function readDirectory(archive, bounds) {
    if (archive.entryCount > bounds.maxEntries)
        throw new Error(`it holds ${archive.entryCount} files`);
    const entries = new Map();
    let total = 0;
    for await (const entry of archive.eachEntry()) {
        const { fileName: name, uncompressedSize: size } = entry;
        const shown = JSON.stringify(name);
        if (name.includes('\0'))
            throw new Error(`${shown} is no name of a file`);
        if (entries.has(name))
            throw new Error(`${shown} is in it twice`);
        if (isLink(entry))
            throw new Error(`${shown} is a link`);
        if (entry.isEncrypted())
            throw new Error(`${shown} is encrypted`);
        if (size > bounds.maxFileBytes)
            throw new Error(`${shown} is larger than ${bounds.maxFileBytes} bytes`);
        total += size;
        if (total > bounds.maxTotalBytes)
            throw new Error(`its files are larger than ${bounds.maxTotalBytes} bytes`);
        entries.set(name, entry);
    }
    return [...entries.values()].filter(({ fileName }) => !fileName.endsWith('/'));
}
/** The upper half of the attributes is the Unix mode, whoever made the archive. */
function isLink({ externalFileAttributes }) {
    return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}
async function inflate(archive, entry) {
    const chunks = [];
    // yauzl ends the stream with an error where it holds more or fewer bytes than the directory says.
    const stream = await archive.openReadStreamPromise(entry);
    for await (const chunk of stream)
        chunks.push(chunk);
    const content = Buffer.concat(chunks);
    if (crc32(content) !== entry.crc32)
        throw new Error(`${JSON.stringify(entry.fileName)} is damaged: its checksum is off`);
    return content;
}

const artifactSchema = object({
    id: int().positive(),
    name: string(),
    size_in_bytes: int().nonnegative(),
    expired: boolean(),
    created_at: string().catch(''),
    digest: string().nullish(),
    workflow_run: object({
        id: int(),
        repository_id: int(),
        head_repository_id: int(),
        head_branch: string().nullish(),
        head_sha: string()
    })
        .partial()
        .nullish()
});
const PERMISSION$1 = 'actions: read';
/** The newest artifact of that name of a run. Trusts nothing in it: names, kinds, sizes and checksums are checked. */
async function downloadArtifact(client, request) {
    const { repository, runId, name, wanted } = request;
    const listed = await client.list({
        purpose: `list the artifacts of run ${runId}`,
        permission: PERMISSION$1,
        route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts',
        parameters: { ...repository, run_id: runId, name },
        schema: artifactSchema,
        within: 'artifacts',
        maxPages: limits.artifact.maxPages
    });
    if (!listed.ok)
        return { kind: 'failed', reason: listed.failure.message };
    const named = listed.data.items.filter((artifact) => artifact.name === name);
    const newest = newestOf(named.filter(({ expired }) => !expired));
    if (newest !== undefined)
        return download(client, repository, newest, wanted);
    const reason = named.length > 0 ? `artifact ${name} of run ${runId} has expired` : `run ${runId} has no artifact ${name}`;
    return { kind: 'missing', reason };
}
/**
 * The last result of the target branch: the newest artifact of that name made there by this repository. A fork's branch
 * of the same name does not count.
 */
async function downloadBaseline(client, request) {
    const { repository, branch, baseSha, name, wanted } = request;
    const ofBranch = ({ name: found, expired, workflow_run: run }) => found === name &&
        !expired &&
        run?.head_branch === branch &&
        run.repository_id !== undefined &&
        run.head_repository_id === run.repository_id;
    const listed = await client.list({
        purpose: `look for the last result of ${branch}`,
        permission: PERMISSION$1,
        route: 'GET /repos/{owner}/{repo}/actions/artifacts',
        parameters: { ...repository, name },
        schema: artifactSchema,
        within: 'artifacts',
        maxPages: limits.artifact.maxPages,
        // The newest come first.
        until: (artifact) => ofBranch(artifact) && (baseSha === undefined || artifact.workflow_run?.head_sha === baseSha)
    });
    if (!listed.ok)
        return { kind: 'failed', reason: listed.failure.message };
    const candidates = listed.data.items.filter(ofBranch);
    const exact = candidates.filter(({ workflow_run: run }) => run?.head_sha === baseSha);
    const chosen = newestOf(exact) ?? newestOf(candidates);
    if (chosen === undefined)
        return { kind: 'missing', reason: `branch ${branch} has no artifact ${name} yet` };
    return download(client, repository, chosen, wanted);
}
async function download(client, repository, artifact, wanted) {
    const { id, name, size_in_bytes: size } = artifact;
    const { maxZipBytes } = limits.artifact;
    if (size > maxZipBytes) {
        return { kind: 'refused', reason: `artifact ${name} has ${size} bytes; a report has at most ${maxZipBytes}` };
    }
    const zip = await client.download({
        purpose: `download artifact ${name}`,
        permission: PERMISSION$1,
        route: 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
        parameters: { ...repository, artifact_id: id, archive_format: 'zip' },
        maxBytes: maxZipBytes
    });
    if (!zip.ok) {
        return { kind: zip.failure.kind === 'too-large' ? 'refused' : 'failed', reason: zip.failure.message };
    }
    const digest = artifact.digest?.replace(/^sha256:/, '');
    if (digest !== undefined && /^[0-9a-f]{64}$/.test(digest) && sha256(zip.data) !== digest) {
        return { kind: 'refused', reason: `artifact ${name} is not what was uploaded: its SHA-256 is off` };
    }
    const unzipped = await unzip(zip.data, wanted);
    if (!unzipped.ok)
        return { kind: 'refused', reason: `artifact ${name} is no report: ${unzipped.reason}` };
    return { kind: 'found', artifact: describe$1(artifact), files: unzipped.files };
}
function newestOf(artifacts) {
    return artifacts.reduce((newest, artifact) => (newest === undefined || artifact.id > newest.id ? artifact : newest), undefined);
}
function describe$1({ id, name, created_at: createdAt, workflow_run: run }) {
    return {
        id,
        name,
        createdAt,
        ...(run?.id !== undefined && { runId: run.id }),
        ...(run?.head_sha !== undefined && { headSha: run.head_sha })
    };
}

// The runner trims a line before it looks for `::`, and finds `##[` anywhere in it (ActionCommand.cs, both syntaxes).
// It compares by the rules of a language, in which control characters and marks count for nothing.
// eslint-disable-next-line no-control-regex
const COMMAND = /^(?:[\s\p{C}\p{M}]|\u001B\[[0-9;]*m)*:[\p{C}\p{M}]*:/u;
const OLD_COMMAND = /#[\p{C}\p{M}]*#[\p{C}\p{M}]*\[/gu;
/** A line that the runner takes for text, whatever is in it. */
function defused(line) {
    const text = line.replace(OLD_COMMAND, '## [');
    return COMMAND.test(text) ? `| ${text}` : text;
}
/**
 * Text from elsewhere (a model's layer names, the log of a child process) for the log of a step: no line of it is a
 * workflow command. Lines end at LF, CR and CRLF, as they do for the runner.
 */
function safeLog(text) {
    return text.replace(/[^\r\n]+/g, defused);
}
/** Longer lines are handed on in parts, each a line of its own: a child that never ends one must not fill the memory. */
const MAX_LINE$1 = 65_536;
/** {@link safeLog} for a stream: whole lines go to `write`. */
function createChildOutput(write) {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const flush = (final) => {
        const lines = rest.split(/\r\n|\r(?!$)|\n/);
        rest = lines.pop();
        while (rest.length > MAX_LINE$1) {
            lines.push(rest.slice(0, MAX_LINE$1));
            rest = rest.slice(MAX_LINE$1);
        }
        for (const line of lines)
            write(`${safeLog(line)}\n`);
        if (final && rest !== '') {
            write(`${safeLog(rest.replace(/\r$/, ''))}\n`);
            rest = '';
        }
    };
    return {
        push(chunk) {
            rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
            flush(false);
        },
        end() {
            rest += decoder.end();
            flush(true);
        }
    };
}

/** Has the Actions cache asked in a process of its own, which does not outlive the time limit. Never throws. */
async function askCache(request, options) {
    const { env, folder, scratch, timeoutMs } = options;
    const script = options.script ?? fileURLToPath(new URL('./cache-worker.js', import.meta.url));
    const worker = fork(script, [], {
        cwd: folder,
        // Paths in an archive are relative to the workspace; a folder of our own makes them the same on every runner.
        env: { ...env, GITHUB_WORKSPACE: folder, RUNNER_TEMP: scratch },
        execArgv: [],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // A group of its own, so that tar ends with it.
        detached: process.platform !== 'win32'
    });
    const said = [];
    for (const stream of [worker.stdout, worker.stderr]) {
        const output = createChildOutput((line) => said.push(withoutSignatures(readable(line))));
        stream.on('data', (chunk) => output.push(chunk)).on('end', () => output.end());
    }
    const reply = await Promise.race([answerOf(worker, request), timeLimit(worker, timeoutMs)]);
    return { reply, said };
}
function answerOf(worker, request) {
    return new Promise((resolve) => {
        let reply;
        worker.on('message', (message) => (reply = message));
        worker.on('error', (error) => resolve({ kind: 'error', reason: error.message }));
        // `close` follows the end of its output, which explains the reply.
        worker.on('close', (code, signal) => resolve(reply ?? { kind: 'error', reason: `the cache process ended without an answer (${signal ?? code})` }));
        worker.send(request, (error) => {
            if (error !== null)
                resolve({ kind: 'error', reason: error.message });
        });
    });
}
function timeLimit(worker, timeoutMs) {
    return new Promise((resolve) => {
        const timer = setTimeout(() => {
            kill(worker);
            resolve({ kind: 'error', reason: `no answer from the Actions cache within ${timeoutMs / 1000} s` });
        }, timeoutMs);
        worker.once('close', () => clearTimeout(timer));
        worker.once('error', () => clearTimeout(timer));
    });
}
function kill(worker) {
    try {
        if (process.platform === 'win32' || worker.pid === undefined)
            worker.kill('SIGKILL');
        else
            process.kill(-worker.pid, 'SIGKILL');
    }
    catch {
        // It ended by itself a moment ago.
    }
}
/** A workflow command of the library as text: `::warning::...`, defused by now to `| ::warning::...`. */
function readable(line) {
    const text = line.trimEnd().replace(/^\| ::(?:warning|error|debug)[^:]*::/, '');
    return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');
}
/** A signed address is a key to the entry; the library prints some while it debugs. */
function withoutSignatures(line) {
    return line.startsWith('| ::add-mask') ? '' : line.replace(/([?&]sig=)[^&\s"']+/gi, '$1***');
}

/**
 * Fetches an entry and hands it to `use`, whatever is in it: it was unpacked into a folder of its own, which vanishes
 * afterwards, and nothing of it has been verified.
 * @param use gets the folder that holds the entry's one folder, and the key that was found
 */
async function restoreEntry(kind, options, use) {
    const { key, prefix } = options;
    return guarded(options, async (folder) => {
        const request = { operation: 'restore', kind, key, ...(prefix !== undefined && { prefix }) };
        const { reply, said } = await ask(request, folder, options);
        switch (reply.kind) {
            case 'restored':
                return use(folder, reply.key);
            case 'nothing': {
                const why = reasonIn(said);
                return why === undefined ? { kind: 'miss' } : { kind: 'failed', reason: why };
            }
            case 'unavailable':
                return { kind: 'unavailable', reason: reply.reason };
            default:
                return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind };
        }
    });
}
/**
 * Saves an entry under a key that has none yet.
 * @param fill writes the entry's files into the folder that it gets
 */
async function saveEntry(kind, options, fill) {
    return guarded(options, async (folder) => {
        const content = join(folder, ENTRY_FOLDERS[kind]);
        await mkdir(content);
        await fill(content);
        const { reply, said } = await ask({ operation: 'save', kind, key: options.key }, folder, options);
        switch (reply.kind) {
            case 'saved':
                return { kind: 'saved' };
            case 'unavailable':
                return { kind: 'unavailable', reason: reply.reason };
            case 'nothing':
                return whyNotSaved(said);
            default:
                return { kind: 'failed', reason: 'reason' in reply ? reply.reason : reply.kind };
        }
    });
}
function whyNotSaved(said) {
    const text = said.join('\n');
    if (/\(409\)|already exists/i.test(text))
        return { kind: 'exists' };
    const denied = /cache write denied|does not permit writes|\(403\)/i.test(text);
    return { kind: denied ? 'denied' : 'failed', reason: reasonIn(said) ?? 'the library did not say why' };
}
function ask(request, folder, options) {
    const { env, timeoutMs = limits.cache.timeoutMs, script } = options;
    const scratch = join(folder, '..', 'scratch');
    return askCache(request, { env, folder, scratch, timeoutMs, ...(script !== undefined && { script }) });
}
/** Runs in a staging folder on a machine that has the cache at all; whatever goes wrong becomes an outcome. */
async function guarded({ key, env }, run) {
    if (!env.ACTIONS_RESULTS_URL && !env.ACTIONS_CACHE_URL) {
        return { kind: 'unavailable', reason: 'this is no job of GitHub Actions, or its runner has no cache' };
    }
    if (key.includes(',') || key.length > limits.cache.maxKeyCharacters) {
        return { kind: 'failed', reason: `${JSON.stringify(key)} cannot be a key` };
    }
    try {
        const parent = env.RUNNER_TEMP || env.GITHUB_WORKSPACE;
        return await withTemporaryFolder(async (temporary) => {
            // Its real path: the library compares paths as text.
            const folder = join(await realpath(temporary), 'entry');
            await Promise.all([mkdir(folder), mkdir(join(folder, '..', 'scratch'))]);
            return run(folder);
        }, parent);
    }
    catch (error) {
        return { kind: 'failed', reason: messageOf(error) };
    }
}
/** One line for what did not work; only what somebody should look at is a warning. */
function reportMisfortune(log, what, outcome) {
    if (outcome.reason === undefined)
        return;
    const line = `${what}: ${outcome.reason}`;
    if (outcome.kind === 'unavailable' || outcome.kind === 'denied')
        log.info(line);
    else
        log.warning(`${line}. The gate goes on without.`);
}
/** The library returns nothing both for a miss and for a failure; a failure it has printed before. */
function reasonIn(said) {
    const complaint = /^(?:Failed to (?:restore|save|reserve)|Cache reservation failed|Cache (?:restore|save) skipped)/;
    return said.findLast((line) => complaint.test(line));
}

const { result: RESULT, samples: SAMPLES } = REPORT_FILE;
const IDENTITY = 'baseline.json';
const identitySchema = strictObject({
    format: literal('precision-gate baseline'),
    version: literal(1),
    reportId: string(),
    branch: string(),
    /** SHA-256 by file. */
    files: record(_enum([RESULT, SAMPLES]), string().optional())
});
/**
 * What the keys of a branch's results begin with: `<prefix>-baseline-v1-<report>-<branch>-<hash>-`. The names are there
 * to be read; the hash, of a fixed length, keeps `main` from finding `main-2`.
 */
function baselinePrefix({ prefix, reportId, branch }) {
    const readable = (text, room) => text.replace(/[^A-Za-z0-9._]+/g, '-').slice(0, room);
    const hash = sha256(JSON.stringify([reportId, branch])).slice(0, 32);
    return `${prefix.replace(/[,\s]+/g, '-').slice(0, 200)}-baseline-v1-${readable(reportId, 60)}-${readable(branch, 100)}-${hash}-`;
}
/** Key of one run's result. Keys cannot be written twice, so each run has its own; the newest is found by the prefix. */
function baselineKey(key, run) {
    return `${baselinePrefix(key)}${run.id}-${run.attempt}`;
}
/**
 * Fetches a branch's last result from the Actions cache into a folder, as `result.json` and `samples.json`. Nothing of an
 * entry is taken that is not whole, of the right kind, and says itself whose result it is.
 * @param options.key of this run, which has no entry yet
 */
async function restoreBaseline(options) {
    const outcome = await restoreEntry('baseline', options, async (folder, key) => {
        if (!key.startsWith(options.prefix))
            return { kind: 'refused', reason: `the entry is that of another key, ${key}` };
        let files;
        try {
            files = await verify(folder, options);
        }
        catch (error) {
            return { kind: 'refused', reason: messageOf(error) };
        }
        for (const [name, text] of files)
            await writeFileAtomic(join(options.directory, name), text);
        return { kind: 'hit', key };
    });
    reportMisfortune(options.log, 'the baseline was not restored from the Actions cache', outcome);
    return outcome;
}
/** Saves a run's result as its branch's last one. */
async function saveBaseline(options) {
    const { reportId, branch, log } = options;
    const outcome = await saveEntry('baseline', options, async (folder) => {
        const files = {};
        const put = async (name, file, check) => {
            const text = await readFile(file, 'utf8');
            check(text);
            files[name] = sha256(text);
            await writeFile(join(folder, name), text);
        };
        await put(RESULT, options.result, parseResult);
        if (options.samples !== undefined)
            await put(SAMPLES, options.samples, parseSamples);
        const identity = { format: 'precision-gate baseline', version: 1, reportId, branch, files };
        await writeFile(join(folder, IDENTITY), `${JSON.stringify(identity)}\n`);
    });
    reportMisfortune(log, 'the result was not saved to the Actions cache as a baseline', outcome);
    return outcome;
}
async function verify(folder, { reportId, branch }) {
    const own = ENTRY_FOLDERS.baseline;
    const foreign = (await readdir(folder)).find((name) => name !== own);
    if (foreign !== undefined)
        throw new Error(`it holds ${JSON.stringify(foreign)}, which no baseline does`);
    const content = join(folder, own);
    if (!(await lstat(content)).isDirectory())
        throw new Error(`${own} is no folder`);
    const unknown = (await readdir(content)).find((name) => ![IDENTITY, RESULT, SAMPLES].includes(name));
    if (unknown !== undefined)
        throw new Error(`it holds ${JSON.stringify(unknown)}, which no baseline does`);
    const identity = identitySchema.parse(JSON.parse(await readPlain(content, IDENTITY, limits.baseline.maxResultBytes)));
    if (identity.branch !== branch || identity.reportId !== reportId) {
        throw new Error(`it is that of report ${JSON.stringify(identity.reportId)} on ${JSON.stringify(identity.branch)}`);
    }
    const files = new Map();
    const take = async (name, max, check) => {
        const text = await readPlain(content, name, max);
        if (sha256(text) !== identity.files[name])
            throw new Error(`${name} does not match its checksum`);
        check(text);
        files.set(name, text);
    };
    await take(RESULT, limits.baseline.maxResultBytes, parseResult);
    const { ref } = parseResult(files.get(RESULT)).run ?? {};
    if (ref !== branch)
        throw new Error(`its result is that of ${JSON.stringify(ref ?? 'no branch')}`);
    if (identity.files[SAMPLES] !== undefined)
        await take(SAMPLES, limits.baseline.maxSamplesBytes, parseSamples);
    return files;
}
async function readPlain(folder, name, max) {
    const facts = await lstat(join(folder, name));
    if (!facts.isFile())
        throw new Error(`${name} is no plain file`);
    if (facts.size > max)
        throw new Error(`${name} is larger than a baseline can be`);
    return readFile(join(folder, name), 'utf8');
}

/**
 * Prints annotations as workflow commands, failures first. GitHub drops the eleventh of a kind without a word, so the
 * last one says how many more there are.
 * @returns how many were not printed
 */
function annotate(annotations, { max = limits.annotation.maxPerKind, write }) {
    const room = Math.min(max, limits.annotation.maxPerKind);
    let dropped = 0;
    for (const level of ['error', 'warning', 'notice']) {
        const all = annotations.filter((annotation) => annotation.level === level);
        const shown = all.length > room ? all.slice(0, Math.max(0, room - 1)) : all;
        for (const annotation of shown)
            write(formatAnnotation(annotation));
        const more = all.length - shown.length;
        if (more > 0 && room > 0) {
            write(formatCommand(level, `and ${more} more: see the job summary and the report`));
        }
        dropped += more;
    }
    return dropped;
}
function formatAnnotation(annotation) {
    const { level, title, file, line, endLine, column: col, endColumn } = annotation;
    const place = file === undefined ? {} : { file, line, endLine, col, endColumn };
    const message = shorten$1(annotation.message, limits.annotation.maxMessageCharacters);
    return formatCommand(level, message, { title, ...place });
}
/** Cut without splitting a surrogate pair. */
function shorten$1(text, max) {
    if (text.length <= max)
        return text;
    const kept = text.slice(0, max - 1);
    return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
/** Has the runner replace a secret in everything that is logged from here on; a secret of several lines, each of them. */
function maskSecret(secret, write) {
    const lines = new Set([secret, ...secret.split(/\r\n|\r|\n/)].filter((line) => line.trim() !== ''));
    for (const line of lines)
        write(formatCommand('add-mask', line));
}
/** Folds the lines of the log up to {@link endGroup}. */
function group(title, write) {
    write(formatCommand('group', title.replace(/[\r\n]+/g, ' ')));
}
function endGroup(write) {
    write(formatCommand('endgroup', ''));
}

const characters = (text) => text.length;
const bytes = (text) => Buffer.byteLength(text);
const RESERVE = '\n```\n</details>'.length;
/**
 * Markdown cut at the end of a line so that it renders: an open code fence and open `<details>` are closed. The last
 * guard only; a report that is too long drops its least important rows first.
 */
function truncateMarkdown(text, { max, measure, note }) {
    if (measure(text) <= max)
        return text;
    const kept = [];
    let size = measure(`\n\n${note}\n`);
    let fence;
    let open = 0;
    for (const line of text.split('\n')) {
        const nextFence = fenceAfter(line, fence);
        const nextOpen = nextFence === undefined && fence === undefined ? Math.max(0, open + detailsIn(line)) : open;
        const cost = measure(`${line}\n`);
        if (size + cost + (nextFence?.length ?? 0) + RESERVE * (nextOpen + 1) > max)
            break;
        size += cost;
        fence = nextFence;
        open = nextOpen;
        kept.push(line);
    }
    const closers = [...(fence === undefined ? [] : [fence]), ...Array(open).fill('</details>')];
    const cut = [...kept, ...closers, '', note].join('\n');
    return measure(cut) <= max ? cut : '';
}
/** The fence that is open after a line, given the one before it. */
function fenceAfter(line, fence) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined)
        return fence;
    if (fence === undefined)
        return mark;
    const closes = mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark;
    return closes ? undefined : fence;
}
function detailsIn(line) {
    return (line.match(/<details[\s>]/gi)?.length ?? 0) - (line.match(/<\/details>/gi)?.length ?? 0);
}

const checkSchema = object({
    id: int(),
    html_url: string()
        .nullish()
        .transform((url) => url ?? ''),
    external_id: string().nullish()
});
const NOTE = '_Shortened: GitHub limits the length. The report has the rest._';
/**
 * Creates a finished check run. The verdict goes with the first call; annotations beyond the first 50 follow by
 * updates, and one that fails costs annotations only.
 */
async function createCheck(client, check) {
    const batches = inBatches((check.annotations ?? []).flatMap(toCheckAnnotation));
    const created = await create$1(client, check, batches[0] ?? []);
    if (!created.ok) {
        const { kind, message } = created.failure;
        return { kind: kind === 'denied' || kind === 'unauthorized' ? 'denied' : 'failed', reason: message };
    }
    const { id, html_url: url } = created.data;
    let sent = batches[0]?.length ?? 0;
    for (const annotations of batches.slice(1)) {
        const updated = await client.request({
            ...to$1(`add annotations to the check run ${check.name}`),
            route: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
            parameters: { ...check.repository, check_run_id: id, output: outputOf(check, annotations) },
            schema: checkSchema,
            // Sent twice, they are shown twice.
            repeatable: false
        });
        if (!updated.ok)
            return { kind: 'created', id, url, annotations: sent, warning: updated.failure.message };
        sent += annotations.length;
    }
    return { kind: 'created', id, url, annotations: sent };
}
async function create$1(client, check, annotations) {
    const { repository, name, headSha, conclusion, detailsUrl, externalId } = check;
    const created = await client.request({
        ...to$1(`create the check run ${name}`),
        route: 'POST /repos/{owner}/{repo}/check-runs',
        parameters: {
            ...repository,
            name,
            head_sha: headSha,
            status: 'completed',
            conclusion,
            external_id: externalId,
            ...(detailsUrl !== undefined && { details_url: detailsUrl }),
            output: outputOf(check, annotations)
        },
        schema: checkSchema
    });
    if (created.ok || !created.failure.maybeDone)
        return created;
    const there = await client.request({
        ...to$1(`look for the check run ${name}`),
        route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
        parameters: { ...repository, ref: headSha, check_name: name },
        schema: object({ check_runs: array(checkSchema) })
    });
    const own = there.ok ? there.data.check_runs.find((run) => run.external_id === externalId) : undefined;
    return own === undefined ? created : { ok: true, data: own };
}
function outputOf({ title, summary, text }, annotations) {
    const { maxSummaryBytes, maxTextBytes } = limits.check;
    return {
        title,
        summary: truncateMarkdown(summary, { max: maxSummaryBytes, measure: bytes, note: NOTE }),
        ...(text !== undefined && { text: truncateMarkdown(text, { max: maxTextBytes, measure: bytes, note: NOTE }) }),
        annotations
    };
}
function toCheckAnnotation(annotation) {
    const { level, message, title, file, line, endLine = line, column, endColumn } = annotation;
    if (file === undefined || line === undefined || endLine === undefined)
        return [];
    // 422 for columns on an annotation of several lines.
    const oneLine = line === endLine && column !== undefined;
    return [
        {
            path: file,
            start_line: line,
            end_line: endLine,
            ...(oneLine && { start_column: column, end_column: endColumn ?? column }),
            annotation_level: level === 'error' ? 'failure' : level,
            // Three bytes for the widest character of one UTF-16 unit.
            message: shorten$1(message, Math.floor(limits.check.maxAnnotationMessageBytes / 3)),
            ...(title !== undefined && { title: shorten$1(title, limits.check.maxAnnotationTitleCharacters) })
        }
    ];
}
function inBatches(items) {
    const size = limits.check.annotationsPerCall;
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
function to$1(purpose) {
    return { purpose, permission: 'checks: write' };
}

function getUserAgent() {
  if (typeof navigator === "object" && "userAgent" in navigator) {
    return navigator.userAgent;
  }

  if (typeof process === "object" && process.version !== undefined) {
    return `Node.js/${process.version.substr(1)} (${process.platform}; ${
      process.arch
    })`;
  }

  return "<environment undetectable>";
}

// @ts-check

function register(state, name, method, options) {
  if (typeof method !== "function") {
    throw new Error("method for before hook must be a function");
  }

  if (!options) {
    options = {};
  }

  if (Array.isArray(name)) {
    return name.reverse().reduce((callback, name) => {
      return register.bind(null, state, name, callback, options);
    }, method)();
  }

  return Promise.resolve().then(() => {
    if (!state.registry[name]) {
      return method(options);
    }

    return state.registry[name].reduce((method, registered) => {
      return registered.hook.bind(null, method, options);
    }, method)();
  });
}

// @ts-check

function addHook(state, kind, name, hook) {
  const orig = hook;
  if (!state.registry[name]) {
    state.registry[name] = [];
  }

  if (kind === "before") {
    hook = (method, options) => {
      return Promise.resolve()
        .then(orig.bind(null, options))
        .then(method.bind(null, options));
    };
  }

  if (kind === "after") {
    hook = (method, options) => {
      let result;
      return Promise.resolve()
        .then(method.bind(null, options))
        .then((result_) => {
          result = result_;
          return orig(result, options);
        })
        .then(() => {
          return result;
        });
    };
  }

  if (kind === "error") {
    hook = (method, options) => {
      return Promise.resolve()
        .then(method.bind(null, options))
        .catch((error) => {
          return orig(error, options);
        });
    };
  }

  state.registry[name].push({
    hook: hook,
    orig: orig,
  });
}

// @ts-check

function removeHook(state, name, method) {
  if (!state.registry[name]) {
    return;
  }

  const index = state.registry[name]
    .map((registered) => {
      return registered.orig;
    })
    .indexOf(method);

  if (index === -1) {
    return;
  }

  state.registry[name].splice(index, 1);
}

// @ts-check


// bind with array of arguments: https://stackoverflow.com/a/21792913
const bind = Function.bind;
const bindable = bind.bind(bind);

function bindApi(hook, state, name) {
  const removeHookRef = bindable(removeHook, null).apply(
    null,
    [state]
  );
  hook.api = { remove: removeHookRef };
  hook.remove = removeHookRef;
  ["before", "error", "after", "wrap"].forEach((kind) => {
    const args = [state, kind];
    hook[kind] = hook.api[kind] = bindable(addHook, null).apply(null, args);
  });
}

function Collection() {
  const state = {
    registry: {},
  };

  const hook = register.bind(null, state);
  bindApi(hook, state);

  return hook;
}

var Hook = { Collection };

// pkg/dist-src/defaults.js

// pkg/dist-src/version.js
var VERSION$3 = "0.0.0-development";

// pkg/dist-src/defaults.js
var userAgent = `octokit-endpoint.js/${VERSION$3} ${getUserAgent()}`;
var DEFAULTS = {
  method: "GET",
  baseUrl: "https://api.github.com",
  headers: {
    accept: "application/vnd.github.v3+json",
    "user-agent": userAgent
  },
  mediaType: {
    format: ""
  }
};

// pkg/dist-src/util/lowercase-keys.js
function lowercaseKeys(object) {
  if (!object) {
    return {};
  }
  return Object.keys(object).reduce((newObj, key) => {
    newObj[key.toLowerCase()] = object[key];
    return newObj;
  }, {});
}

// pkg/dist-src/util/is-plain-object.js
function isPlainObject$1(value) {
  if (typeof value !== "object" || value === null) return false;
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  const proto = Object.getPrototypeOf(value);
  if (proto === null) return true;
  const Ctor = Object.prototype.hasOwnProperty.call(proto, "constructor") && proto.constructor;
  return typeof Ctor === "function" && Ctor instanceof Ctor && Function.prototype.call(Ctor) === Function.prototype.call(value);
}

// pkg/dist-src/util/merge-deep.js
function mergeDeep(defaults, options) {
  const result = Object.assign({}, defaults);
  Object.keys(options).forEach((key) => {
    if (isPlainObject$1(options[key])) {
      if (!(key in defaults)) Object.assign(result, { [key]: options[key] });
      else result[key] = mergeDeep(defaults[key], options[key]);
    } else {
      Object.assign(result, { [key]: options[key] });
    }
  });
  return result;
}

// pkg/dist-src/util/remove-undefined-properties.js
function removeUndefinedProperties(obj) {
  for (const key in obj) {
    if (obj[key] === void 0) {
      delete obj[key];
    }
  }
  return obj;
}

// pkg/dist-src/merge.js
function merge(defaults, route, options) {
  if (typeof route === "string") {
    let [method, url] = route.split(" ");
    options = Object.assign(url ? { method, url } : { url: method }, options);
  } else {
    options = Object.assign({}, route);
  }
  options.headers = lowercaseKeys(options.headers);
  removeUndefinedProperties(options);
  removeUndefinedProperties(options.headers);
  const mergedOptions = mergeDeep(defaults || {}, options);
  if (options.url === "/graphql") {
    if (defaults && defaults.mediaType.previews?.length) {
      mergedOptions.mediaType.previews = defaults.mediaType.previews.filter(
        (preview) => !mergedOptions.mediaType.previews.includes(preview)
      ).concat(mergedOptions.mediaType.previews);
    }
    mergedOptions.mediaType.previews = (mergedOptions.mediaType.previews || []).map((preview) => preview.replace(/-preview/, ""));
  }
  return mergedOptions;
}

// pkg/dist-src/util/add-query-parameters.js
function addQueryParameters(url, parameters) {
  const separator = /\?/.test(url) ? "&" : "?";
  const names = Object.keys(parameters);
  if (names.length === 0) {
    return url;
  }
  return url + separator + names.map((name) => {
    if (name === "q") {
      return "q=" + parameters.q.split("+").map(encodeURIComponent).join("+");
    }
    return `${name}=${encodeURIComponent(parameters[name])}`;
  }).join("&");
}

// pkg/dist-src/util/extract-url-variable-names.js
var urlVariableRegex = /\{[^{}}]+\}/g;
function removeNonChars(variableName) {
  return variableName.replace(/(?:^\W+)|(?:(?<!\W)\W+$)/g, "").split(/,/);
}
function extractUrlVariableNames(url) {
  const matches = url.match(urlVariableRegex);
  if (!matches) {
    return [];
  }
  return matches.map(removeNonChars).reduce((a, b) => a.concat(b), []);
}

// pkg/dist-src/util/omit.js
function omit(object, keysToOmit) {
  const result = { __proto__: null };
  for (const key of Object.keys(object)) {
    if (keysToOmit.indexOf(key) === -1) {
      result[key] = object[key];
    }
  }
  return result;
}

// pkg/dist-src/util/url-template.js
function encodeReserved(str) {
  return str.split(/(%[0-9A-Fa-f]{2})/g).map(function(part) {
    if (!/%[0-9A-Fa-f]/.test(part)) {
      part = encodeURI(part).replace(/%5B/g, "[").replace(/%5D/g, "]");
    }
    return part;
  }).join("");
}
function encodeUnreserved(str) {
  return encodeURIComponent(str).replace(/[!'()*]/g, function(c) {
    return "%" + c.charCodeAt(0).toString(16).toUpperCase();
  });
}
function encodeValue(operator, value, key) {
  value = operator === "+" || operator === "#" ? encodeReserved(value) : encodeUnreserved(value);
  if (key) {
    return encodeUnreserved(key) + "=" + value;
  } else {
    return value;
  }
}
function isDefined(value) {
  return value !== void 0 && value !== null;
}
function isKeyOperator(operator) {
  return operator === ";" || operator === "&" || operator === "?";
}
function getValues(context, operator, key, modifier) {
  var value = context[key], result = [];
  if (isDefined(value) && value !== "") {
    if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
      value = value.toString();
      if (modifier && modifier !== "*") {
        value = value.substring(0, parseInt(modifier, 10));
      }
      result.push(
        encodeValue(operator, value, isKeyOperator(operator) ? key : "")
      );
    } else {
      if (modifier === "*") {
        if (Array.isArray(value)) {
          value.filter(isDefined).forEach(function(value2) {
            result.push(
              encodeValue(operator, value2, isKeyOperator(operator) ? key : "")
            );
          });
        } else {
          Object.keys(value).forEach(function(k) {
            if (isDefined(value[k])) {
              result.push(encodeValue(operator, value[k], k));
            }
          });
        }
      } else {
        const tmp = [];
        if (Array.isArray(value)) {
          value.filter(isDefined).forEach(function(value2) {
            tmp.push(encodeValue(operator, value2));
          });
        } else {
          Object.keys(value).forEach(function(k) {
            if (isDefined(value[k])) {
              tmp.push(encodeUnreserved(k));
              tmp.push(encodeValue(operator, value[k].toString()));
            }
          });
        }
        if (isKeyOperator(operator)) {
          result.push(encodeUnreserved(key) + "=" + tmp.join(","));
        } else if (tmp.length !== 0) {
          result.push(tmp.join(","));
        }
      }
    }
  } else {
    if (operator === ";") {
      if (isDefined(value)) {
        result.push(encodeUnreserved(key));
      }
    } else if (value === "" && (operator === "&" || operator === "?")) {
      result.push(encodeUnreserved(key) + "=");
    } else if (value === "") {
      result.push("");
    }
  }
  return result;
}
function parseUrl(template) {
  return {
    expand: expand.bind(null, template)
  };
}
function expand(template, context) {
  var operators = ["+", "#", ".", "/", ";", "?", "&"];
  template = template.replace(
    /\{([^\{\}]+)\}|([^\{\}]+)/g,
    function(_, expression, literal) {
      if (expression) {
        let operator = "";
        const values = [];
        if (operators.indexOf(expression.charAt(0)) !== -1) {
          operator = expression.charAt(0);
          expression = expression.substr(1);
        }
        expression.split(/,/g).forEach(function(variable) {
          var tmp = /([^:\*]*)(?::(\d+)|(\*))?/.exec(variable);
          values.push(getValues(context, operator, tmp[1], tmp[2] || tmp[3]));
        });
        if (operator && operator !== "+") {
          var separator = ",";
          if (operator === "?") {
            separator = "&";
          } else if (operator !== "#") {
            separator = operator;
          }
          return (values.length !== 0 ? operator : "") + values.join(separator);
        } else {
          return values.join(",");
        }
      } else {
        return encodeReserved(literal);
      }
    }
  );
  if (template === "/") {
    return template;
  } else {
    return template.replace(/\/$/, "");
  }
}

// pkg/dist-src/parse.js
function parse$1(options) {
  let method = options.method.toUpperCase();
  let url = (options.url || "/").replace(/:([a-z]\w+)/g, "{$1}");
  let headers = Object.assign({}, options.headers);
  let body;
  let parameters = omit(options, [
    "method",
    "baseUrl",
    "url",
    "headers",
    "request",
    "mediaType"
  ]);
  const urlVariableNames = extractUrlVariableNames(url);
  url = parseUrl(url).expand(parameters);
  if (!/^http/.test(url)) {
    url = options.baseUrl + url;
  }
  const omittedParameters = Object.keys(options).filter((option) => urlVariableNames.includes(option)).concat("baseUrl");
  const remainingParameters = omit(parameters, omittedParameters);
  const isBinaryRequest = /application\/octet-stream/i.test(headers.accept);
  if (!isBinaryRequest) {
    if (options.mediaType.format) {
      headers.accept = headers.accept.split(/,/).map(
        (format) => format.replace(
          /application\/vnd(\.\w+)(\.v3)?(\.\w+)?(\+json)?$/,
          `application/vnd$1$2.${options.mediaType.format}`
        )
      ).join(",");
    }
    if (url.endsWith("/graphql")) {
      if (options.mediaType.previews?.length) {
        const previewsFromAcceptHeader = headers.accept.match(/(?<![\w-])[\w-]+(?=-preview)/g) || [];
        headers.accept = previewsFromAcceptHeader.concat(options.mediaType.previews).map((preview) => {
          const format = options.mediaType.format ? `.${options.mediaType.format}` : "+json";
          return `application/vnd.github.${preview}-preview${format}`;
        }).join(",");
      }
    }
  }
  if (["GET", "HEAD"].includes(method)) {
    url = addQueryParameters(url, remainingParameters);
  } else {
    if ("data" in remainingParameters) {
      body = remainingParameters.data;
    } else {
      if (Object.keys(remainingParameters).length) {
        body = remainingParameters;
      }
    }
  }
  if (!headers["content-type"] && typeof body !== "undefined") {
    headers["content-type"] = "application/json; charset=utf-8";
  }
  if (["PATCH", "PUT"].includes(method) && typeof body === "undefined") {
    body = "";
  }
  return Object.assign(
    { method, url, headers },
    typeof body !== "undefined" ? { body } : null,
    options.request ? { request: options.request } : null
  );
}

// pkg/dist-src/endpoint-with-defaults.js
function endpointWithDefaults(defaults, route, options) {
  return parse$1(merge(defaults, route, options));
}

// pkg/dist-src/with-defaults.js
function withDefaults$2(oldDefaults, newDefaults) {
  const DEFAULTS2 = merge(oldDefaults, newDefaults);
  const endpoint2 = endpointWithDefaults.bind(null, DEFAULTS2);
  return Object.assign(endpoint2, {
    DEFAULTS: DEFAULTS2,
    defaults: withDefaults$2.bind(null, DEFAULTS2),
    merge: merge.bind(null, DEFAULTS2),
    parse: parse$1
  });
}

// pkg/dist-src/index.js
var endpoint = withDefaults$2(null, DEFAULTS);

/*!
 * content-type
 * Copyright(c) 2015 Douglas Christopher Wilson
 * MIT Licensed
 */
const SP = 32; // " "
const HTAB = 9; // "\t"
const SEMI = 59; // ";"
const EQ = 61; // "="
const DQUOTE = 34; // '"'
const BSLASH = 92; // "\\"
const COMMA = 44; // ","
const LOWER_CASE = 1;
const OWS = 2;
const SEMI_FLAG = 4;
const COMMA_FLAG = 8;
const TOKEN_FLAG = 16;
const NON_ASCII = 0xff00;
const CASE_FLAGS = LOWER_CASE | NON_ASCII;
/**
 * Character flags used to normalize HTTP field values while scanning.
 * Out-of-range reads intentionally coerce to zero in bitwise expressions.
 */
const CHAR_MAP = new Uint8Array(0x100);
CHAR_MAP[HTAB] |= OWS;
CHAR_MAP[SP] |= OWS;
CHAR_MAP[SEMI] |= SEMI_FLAG;
CHAR_MAP[COMMA] |= COMMA_FLAG;
for (let code = 0x80 /* non-ASCII */; code <= 0xff; code++) {
    CHAR_MAP[code] |= LOWER_CASE;
}
for (const char of "!#$%&'*+-.^_`|~") {
    CHAR_MAP[char.charCodeAt(0)] |= TOKEN_FLAG;
}
for (let code = 0x30 /* 0 */; code <= 0x39 /* 9 */; code++) {
    CHAR_MAP[code] |= TOKEN_FLAG;
}
for (let code = 0x41 /* A */; code <= 0x5a /* Z */; code++) {
    CHAR_MAP[code] |= LOWER_CASE | TOKEN_FLAG;
}
for (let code = 0x61 /* a */; code <= 0x7a /* z */; code++) {
    CHAR_MAP[code] |= TOKEN_FLAG;
}
/**
 * Null object perf optimization. Faster than `Object.create(null)` and `{ __proto__: null }`.
 */
const NullObject = /* @__PURE__ */ (() => {
    const C = function () { };
    C.prototype = Object.create(null);
    return C;
})();
/**
 * Parse a `Content-Type` header.
 */
function parse(header, options) {
    const stopFlags = SEMI_FLAG | (0);
    const len = header.length;
    let valueStart = 0;
    while ((CHAR_MAP[header.charCodeAt(valueStart)] & OWS) !== 0) {
        valueStart++;
    }
    let index = valueStart;
    let typeFlags = 0;
    let whitespace = -1;
    let stop = 0;
    while (index < len) {
        const code = header.charCodeAt(index);
        const flags = CHAR_MAP[code];
        if ((flags & stopFlags) !== 0) {
            stop |= flags & COMMA_FLAG;
            break;
        }
        if ((flags & OWS) !== 0) {
            if (whitespace === -1)
                whitespace = index;
        }
        else {
            whitespace = -1;
        }
        typeFlags |= (code & NON_ASCII) | flags;
        index++;
    }
    const valueEnd = whitespace === -1 ? index : whitespace;
    const value = header.slice(valueStart, valueEnd);
    const type = (typeFlags & CASE_FLAGS) === 0 ? value : value.toLowerCase();
    if (index === len || stop !== 0) {
        return { type, index, parameters: new NullObject() };
    }
    return parseParameters(header, type, index, len, stopFlags);
}
/**
 * Parses the parameters of a `Content-Type` header starting at the given index.
 */
function parseParameters(header, type, index, len, stopFlags) {
    const parameters = new NullObject();
    parameter: while (index < len) {
        index++; // Skip over ;
        while ((CHAR_MAP[header.charCodeAt(index)] & OWS) !== 0) {
            index++;
        }
        const keyStart = index;
        let keyFlags = 0;
        let keyWhitespace = -1;
        while (index < len) {
            const code = header.charCodeAt(index);
            const flags = CHAR_MAP[code];
            if ((flags & stopFlags) !== 0) {
                if ((flags & COMMA_FLAG) !== 0)
                    break parameter;
                continue parameter;
            }
            if (code === EQ) {
                const keyEnd = keyWhitespace === -1 ? index : keyWhitespace;
                const value = header.slice(keyStart, keyEnd);
                const key = (keyFlags & CASE_FLAGS) === 0 ? value : value.toLowerCase();
                index++;
                while ((CHAR_MAP[header.charCodeAt(index)] & OWS) !== 0) {
                    index++;
                }
                if (index < len && header.charCodeAt(index) === DQUOTE) {
                    const quotedStart = ++index;
                    let escaped = false;
                    while (index < len) {
                        const code = header.charCodeAt(index);
                        if (code === DQUOTE) {
                            if (parameters[key] === undefined) {
                                parameters[key] = escaped
                                    ? unescapeQuotedPairs(header, quotedStart, index)
                                    : header.slice(quotedStart, index);
                            }
                            index++;
                            let stop = 0;
                            // Discard characters between quote and delimiter.
                            while (index < len) {
                                const code = header.charCodeAt(index);
                                const flags = CHAR_MAP[code];
                                if ((flags & stopFlags) !== 0) {
                                    stop = flags & COMMA_FLAG;
                                    break;
                                }
                                index++;
                            }
                            if (stop !== 0)
                                break parameter;
                            continue parameter;
                        }
                        if (code === BSLASH && index + 1 < len) {
                            escaped = true;
                            index += 2;
                            continue;
                        }
                        index++;
                    }
                    continue parameter;
                }
                const valueStart = index;
                let stop = 0;
                let valueWhitespace = -1;
                while (index < len) {
                    const code = header.charCodeAt(index);
                    const flags = CHAR_MAP[code];
                    if ((flags & stopFlags) !== 0) {
                        stop = flags & COMMA_FLAG;
                        break;
                    }
                    if ((flags & OWS) !== 0) {
                        if (valueWhitespace === -1)
                            valueWhitespace = index;
                    }
                    else {
                        valueWhitespace = -1;
                    }
                    index++;
                }
                if (parameters[key] === undefined) {
                    const valueEnd = valueWhitespace === -1 ? index : valueWhitespace;
                    parameters[key] = header.slice(valueStart, valueEnd);
                }
                if (stop !== 0)
                    break parameter;
                continue parameter;
            }
            if ((flags & OWS) !== 0) {
                if (keyWhitespace === -1)
                    keyWhitespace = index;
            }
            else {
                keyWhitespace = -1;
            }
            keyFlags |= (code & NON_ASCII) | flags;
            index++;
        }
    }
    return { type, index, parameters };
}
/**
 * Remove backslashes from quoted pairs in a known-terminated quoted string body.
 */
function unescapeQuotedPairs(str, start, end) {
    let result = "";
    for (let index = start; index < end; index++) {
        if (str.charCodeAt(index) === BSLASH) {
            result += str.slice(start, index);
            start = ++index;
        }
    }
    return result + str.slice(start, end);
}

const intRegex = /^-?\d+$/;
const noiseValue = /^-?\d+n+$/; // Noise - strings that match the custom format before being converted to it
const originalStringify = JSON.stringify;
const originalParse = JSON.parse;
const customFormat = /^-?\d+n$/;

const bigIntsStringify = /([\[:])?"(-?\d+)n"($|\s*[,\}\]])/g;
const noiseStringify = /([\[:])?("-?\d+n+)n("$|"\s*[,\}\]])/g;

/**
 * @typedef {(this: any, key: string | number | undefined, value: any) => any} Replacer
 * @typedef {(key: string | number | undefined, value: any, context?: { source: string }) => any} Reviver
 */

/**
 * Checks if a value is unstringifiable according to native JSON.stringify rules.
 *
 * @param {any} val The value to check.
 * @returns {boolean} True if the value is undefined, a function, or a symbol.
 */
const isUnstringifiable = (val) =>
  val === undefined || typeof val === "function" || typeof val === "symbol";

/**
 * Checks if a value is a native JSON.rawJSON object (Node.js 22+).
 *
 * @param {any} val The value to check.
 * @returns {boolean} True if the value is a RawJSON instance.
 */
const isRawJSON = (val) =>
  val !== null &&
  typeof val === "object" &&
  val.constructor &&
  val.constructor.name === "RawJSON";

/**
 * Iteratively converts a JS value to a JSON string.
 * Used as a fallback when the native JSON.stringify hits the Maximum Call Stack size.
 * Fully compliant with JSON formatting (space), replacers, and toJSON behaviors.
 *
 * @param {any} rootValue The value to stringify.
 * @param {Replacer | Array<string | number> | null} [replacer] User's custom replacer function.
 * @param {string | number} [spaceParam] Indentation for pretty-printing.
 * @returns {string | undefined} The generated JSON string.
 */
const stringifyIteratively = (rootValue, replacer, spaceParam) => {
  let space = "";
  const propertyList = Array.isArray(replacer)
    ? new Set(replacer.map(String))
    : null;

  /**
   * Prepares a value for stringification by resolving toJSON, handling BigInts,
   * applying custom replacers, and unwrapping primitive objects.
   *
   * @param {object|Array} parent The parent object or array holding the value.
   * @param {string} key The key associated with the value.
   * @param {any} val The raw value to process.
   * @returns {any} The processed value ready for stringification.
   */
  const prepareVal = (parent, key, val) => {
    const isObject = val !== null && typeof val === "object";
    const hasToJSON = isObject && typeof val.toJSON === "function";

    if (hasToJSON) {
      val = val.toJSON(key);
    }

    const isNoise = typeof val === "string" && noiseValue.test(val);

    if (isNoise) return val + "n";

    const isBigInt = typeof val === "bigint";

    if (isBigInt) {
      const supportsRawJSON = "rawJSON" in JSON;

      if (supportsRawJSON) return JSON.rawJSON(val.toString());

      return val.toString() + "n";
    }

    const isPostReplacerObject = val !== null && typeof val === "object";

    if (isPostReplacerObject) {
      const isPrimitiveWrapper =
        val instanceof Number ||
        val instanceof String ||
        val instanceof Boolean;

      if (isPrimitiveWrapper) {
        val = val.valueOf();
      }
    }

    return val;
  };

  const rootProcessed = prepareVal({ }, "", rootValue);

  if (isUnstringifiable(rootProcessed)) {
    return undefined;
  }

  const isRootPrimitive =
    rootProcessed === null || typeof rootProcessed !== "object";
  const isRootNativeRawJSON = isRawJSON(rootProcessed);

  if (isRootPrimitive || isRootNativeRawJSON) {
    return originalStringify(rootProcessed);
  }

  const chunks = [];

  const stack = [
    {
      parent: { "": rootProcessed },
      key: "",
      val: rootProcessed,
      isArray: Array.isArray(rootProcessed),
      keys: Array.isArray(rootProcessed) ? null : Object.keys(rootProcessed),
      index: 0,
      first: true,
    },
  ];

  const visited = new WeakSet([rootProcessed]);

  while (stack.length > 0) {
    const node = stack[stack.length - 1];

    if (node.index === 0) {
      chunks.push(node.isArray ? "[" : "{");
    }

    let isDone = false;

    if (node.isArray) {
      if (node.index < node.val.length) {
        if (!node.first) chunks.push(",");

        const childRaw = node.val[node.index];
        const childVal = prepareVal(node.val, String(node.index), childRaw);

        if (isUnstringifiable(childVal)) {
          chunks.push("null");
          node.first = false;
          node.index++;
        } else {
          const isComplexObject =
            childVal !== null && typeof childVal === "object";
          const isNativeRaw = isRawJSON(childVal);

          if (isComplexObject && !isNativeRaw) {
            if (visited.has(childVal)) {
              throw new TypeError("Converting circular structure to JSON");
            }

            visited.add(childVal);

            stack.push({
              parent: node.val,
              key: String(node.index),
              val: childVal,
              isArray: Array.isArray(childVal),
              keys: Array.isArray(childVal) ? null : Object.keys(childVal),
              index: 0,
              first: true,
            });

            node.first = false;
            node.index++;
          } else {
            chunks.push(originalStringify(childVal));
            node.first = false;
            node.index++;
          }
        }
      } else {
        isDone = true;
      }
    } else {
      while (node.index < node.keys.length) {
        const k = node.keys[node.index++];

        const isFilteredOutByArray = propertyList && !propertyList.has(k);

        if (isFilteredOutByArray) continue;

        const childRaw = node.val[k];
        const childVal = prepareVal(node.val, k, childRaw);

        if (isUnstringifiable(childVal)) continue;

        if (!node.first) chunks.push(",");

        {
          chunks.push(originalStringify(k) + ":");
        }

        const isComplexObject =
          childVal !== null && typeof childVal === "object";
        const isNativeRaw = isRawJSON(childVal);

        if (isComplexObject && !isNativeRaw) {
          if (visited.has(childVal)) {
            throw new TypeError("Converting circular structure to JSON");
          }

          visited.add(childVal);

          stack.push({
            parent: node.val,
            key: k,
            val: childVal,
            isArray: Array.isArray(childVal),
            keys: Array.isArray(childVal) ? null : Object.keys(childVal),
            index: 0,
            first: true,
          });

          node.first = false;

          break; // Stop current loop level to process the newly pushed stack node
        } else {
          chunks.push(originalStringify(childVal));
          node.first = false;
        }
      }

      const isNodeFullyProcessed =
        node.index >= node.keys.length && stack[stack.length - 1] === node;

      if (isNodeFullyProcessed) {
        isDone = true;
      }
    }

    if (isDone) {

      if (!node.first && space) ;

      chunks.push(node.isArray ? "]" : "}");
      visited.delete(node.val);
      stack.pop();
    }
  }

  return chunks.join("");
};

/**
 * Converts a JavaScript value to a JSON string.
 *
 * Supports serialization of BigInt values using two strategies:
 * 1. Custom format "123n" → "123" (universal fallback)
 * 2. Native JSON.rawJSON() (Node.js 22+, fastest) when available
 *
 * All other values are serialized exactly like native JSON.stringify().
 *
 * @param {*} value The value to convert to a JSON string.
 * @param {Replacer | Array<string | number> | null} [replacer]
 * A function that alters the behavior of the stringification process,
 * or an array of strings/numbers to indicate properties to exclude.
 * @param {string | number} [space]
 * A string or number to specify indentation or pretty-printing.
 * @returns {string} The JSON string representation.
 */
const JSONStringify = (value, replacer, space) => {
  try {
    const supportsRawJSON = "rawJSON" in JSON;

    if (supportsRawJSON) {
      return originalStringify(
        value,
        (key, val) => {
          if (typeof val === "bigint") return JSON.rawJSON(val.toString());

          const hasFunctionReplacer = typeof replacer === "function";

          if (hasFunctionReplacer) ;

          const isKeyInArrayReplacer =
            Array.isArray(replacer) && replacer.includes(key);

          if (isKeyInArrayReplacer) return val;

          return val;
        },
        space,
      );
    }

    if (!value) return originalStringify(value, replacer, space);

    const convertedToCustomJSON = originalStringify(
      value,
      (key, val) => {
        const isNoise = typeof val === "string" && noiseValue.test(val);

        if (isNoise) return val.toString() + "n"; // Mark noise values with additional "n" to offset the deletion of one "n" during the processing

        if (typeof val === "bigint") return val.toString() + "n";

        const hasFunctionReplacer = typeof replacer === "function";

        if (hasFunctionReplacer) ;

        const isKeyInArrayReplacer =
          Array.isArray(replacer) && replacer.includes(key);

        if (isKeyInArrayReplacer) return val;

        return val;
      },
      space,
    );

    const processedJSON = convertedToCustomJSON.replace(
      bigIntsStringify,
      "$1$2$3",
    ); // Delete one "n" off the end of every BigInt value

    const denoisedJSON = processedJSON.replace(noiseStringify, "$1$2$3"); // Remove one "n" off the end of every noisy string

    return denoisedJSON;
  } catch (error) {
    if (error instanceof RangeError) {
      const convertedJSON = stringifyIteratively(value, replacer);

      if (convertedJSON === undefined) return undefined;

      const supportsRawJSON = "rawJSON" in JSON;

      if (supportsRawJSON) return convertedJSON;

      const processedJSON = convertedJSON.replace(bigIntsStringify, "$1$2$3");

      return processedJSON.replace(noiseStringify, "$1$2$3");
    }

    throw error;
  }
};

const featureCache = new Map();

/**
 * Detects if the current JSON.parse implementation supports the context.source feature.
 *
 * Uses toString() fingerprinting to cache results and automatically detect runtime
 * replacements of JSON.parse (polyfills, mocks, etc.).
 *
 * @returns {boolean} true if context.source is supported, false otherwise.
 */
const isContextSourceSupported = () => {
  const parseFingerprint = JSON.parse.toString();

  if (featureCache.has(parseFingerprint)) {
    return featureCache.get(parseFingerprint);
  }

  try {
    const result = JSON.parse(
      "1",
      (_, __, context) => !!context?.source && context.source === "1",
    );
    featureCache.set(parseFingerprint, result);

    return result;
  } catch {
    featureCache.set(parseFingerprint, false);

    return false;
  }
};

/**
 * Reviver function that converts custom-format BigInt strings back to BigInt values.
 * Also handles "noise" strings that accidentally match the BigInt format.
 *
 * @param {string | number | undefined} key The object key.
 * @param {*} value The value being parsed.
 * @param {object} [context] Parse context (if supported by JSON.parse).
 * @param {Reviver} [userReviver] User's custom reviver function.
 * @returns {any} The transformed value.
 */
const convertMarkedBigIntsReviver = (key, value, context, userReviver) => {
  const isCustomFormatBigInt =
    typeof value === "string" && customFormat.test(value);

  if (isCustomFormatBigInt) return BigInt(value.slice(0, -1));

  const isNoiseValue = typeof value === "string" && noiseValue.test(value);
  if (isNoiseValue) return value.slice(0, -1);

  return value;
};

/**
 * Fast JSON.parse implementation (~2x faster than classic fallback).
 * Uses JSON.parse's context.source feature to detect integers and convert
 * large numbers directly to BigInt without string manipulation.
 *
 * Does not support legacy custom format from v1 of this library.
 *
 * @param {string} text JSON string to parse.
 * @param {Reviver} [reviver] Transform function to apply to each value.
 * @returns {any} Parsed JavaScript value.
 */
const JSONParseV2 = (text, reviver) => {
  return JSON.parse(text, (key, value, context) => {
    const isNumber = typeof value === "number";
    const isOutOfBounds =
      value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
    const isBigNumber = isNumber && isOutOfBounds;
    const isInt = context && intRegex.test(context.source);
    const isBigInt = isBigNumber && isInt;

    if (isBigInt) return BigInt(context.source);

    return value;
  });
};

const MAX_INT = Number.MAX_SAFE_INTEGER.toString();
const MAX_DIGITS = MAX_INT.length;
const stringsOrLargeNumbers =
  /"(?:[^"\\]|\\.)*"|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/g;
const noiseValueWithQuotes = /^"-?\d+n+"$/; // Noise - strings that match the custom format before being converted to it

/**
 * Iteratively traverses the parsed object bottom-up (post-order),
 * emulating the native JSON.parse reviver behavior.
 * This avoids Call Stack overflows (RangeError) on deeply nested structures.
 *
 * @param {any} parsed The natively parsed JSON object.
 * @param {Reviver} [userReviver] User's custom reviver function.
 * @returns {any} The fully processed object.
 */
const applyReviverIteratively = (parsed, userReviver) => {
  const rootHolder = { "": parsed };
  const stack = [{ parent: rootHolder, key: "", visited: false }];

  while (stack.length > 0) {
    const node = stack[stack.length - 1];

    if (!node.visited) {
      node.visited = true;

      const value = node.parent[node.key];
      const isComplexObject = value !== null && typeof value === "object";

      if (isComplexObject) {
        const keys = Object.keys(value);

        for (let i = keys.length - 1; i >= 0; i--) {
          stack.push({ parent: value, key: keys[i], visited: false });
        }
      }
    } else {
      const { parent, key } = node;
      let value = parent[key];

      if (typeof value === "string") {
        const isCustomFormatBigInt = customFormat.test(value);

        if (isCustomFormatBigInt) {
          value = BigInt(value.slice(0, -1));
        } else {
          const isNoise = noiseValue.test(value);

          if (isNoise) value = value.slice(0, -1);
        }
      }

      const isDeleted = value === undefined;

      if (isDeleted) {
        delete parent[key];
      } else {
        parent[key] = value;
      }

      stack.pop();
    }
  }

  return rootHolder[""];
};

/**
 * Pre-processes the JSON string to mark large numbers with an 'n' suffix.
 *
 * @param {string} text The raw JSON string.
 * @returns {string} The serialized string with marked BigInts.
 */
const serializeBigInts = (text) => {
  return text.replace(
    stringsOrLargeNumbers,
    (match, digits, fractional, exponential) => {
      const isString = match[0] === '"';
      const isNoise = isString && noiseValueWithQuotes.test(match);

      if (isNoise) return match.substring(0, match.length - 1) + 'n"'; // Mark noise values with additional "n" to offset the deletion of one "n" during the processing

      const hasFractionalOrExponential = fractional || exponential;

      // With a fixed number of digits, we can correctly use lexicographical comparison to do a numeric comparison
      const isLessThanMaxSafeInt =
        digits &&
        (digits.length < MAX_DIGITS ||
          (digits.length === MAX_DIGITS && digits <= MAX_INT));

      const isStandardValue =
        isString || hasFractionalOrExponential || isLessThanMaxSafeInt;

      if (isStandardValue) return match;

      return '"' + match + 'n"';
    },
  );
};

/**
 * Converts a JSON string into a JavaScript value.
 *
 * Supports parsing of large integers using two strategies:
 * 1. Classic fallback: Marks large numbers with "123n" format, then converts to BigInt
 * 2. Fast path (JSONParseV2): Uses context.source feature (~2x faster) when available
 *
 * All other JSON values are parsed exactly like native JSON.parse().
 *
 * @param {string} text A valid JSON string.
 * @param {Reviver} [reviver]
 * A function that transforms the results. This function is called for each member
 * of the object. If a member contains nested objects, the nested objects are
 * transformed before the parent object is.
 * @returns {any} The parsed JavaScript value.
 * @throws {SyntaxError} If text is not valid JSON.
 */
const JSONParse = (text, reviver) => {
  if (!text) return originalParse(text, reviver);

  try {
    if (isContextSourceSupported()) return JSONParseV2(text, reviver); // Shortcut to a faster (2x) and simpler version

    // Find and mark big numbers with "n"
    const serializedData = serializeBigInts(text);

    return originalParse(serializedData, (key, value, context) =>
      convertMarkedBigIntsReviver(key, value, context, reviver),
    );
  } catch (error) {
    if (error instanceof RangeError) {
      const serializedData = serializeBigInts(text);
      const parsed = originalParse(serializedData);

      return applyReviverIteratively(parsed);
    }

    throw error;
  }
};

class RequestError extends Error {
  name;
  /**
   * http status code
   */
  status;
  /**
   * Request options that lead to the error.
   */
  request;
  /**
   * Response object if a response was received
   */
  response;
  constructor(message, statusCode, options) {
    super(message, { cause: options.cause });
    this.name = "HttpError";
    this.status = Number.parseInt(statusCode);
    if (Number.isNaN(this.status)) {
      this.status = 0;
    }
    /* v8 ignore else -- @preserve -- Bug with vitest coverage where it sees an else branch that doesn't exist */
    if ("response" in options) {
      this.response = options.response;
    }
    const requestCopy = Object.assign({}, options.request);
    if (options.request.headers.authorization) {
      requestCopy.headers = Object.assign({}, options.request.headers, {
        authorization: options.request.headers.authorization.replace(
          /(?<! ) .*$/,
          " [REDACTED]"
        )
      });
    }
    requestCopy.url = requestCopy.url.replace(/\bclient_secret=\w+/g, "client_secret=[REDACTED]").replace(/\baccess_token=\w+/g, "access_token=[REDACTED]");
    this.request = requestCopy;
  }
}

// pkg/dist-src/index.js

// pkg/dist-src/version.js
var VERSION$2 = "10.0.16";

// pkg/dist-src/defaults.js
var defaults_default = {
  headers: {
    "user-agent": `octokit-request.js/${VERSION$2} ${getUserAgent()}`
  }
};

// pkg/dist-src/is-plain-object.js
function isPlainObject(value) {
  if (typeof value !== "object" || value === null) return false;
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  const proto = Object.getPrototypeOf(value);
  if (proto === null) return true;
  const Ctor = Object.prototype.hasOwnProperty.call(proto, "constructor") && proto.constructor;
  return typeof Ctor === "function" && Ctor instanceof Ctor && Function.prototype.call(Ctor) === Function.prototype.call(value);
}
var noop$1 = () => "";
async function fetchWrapper(requestOptions) {
  const fetch = requestOptions.request?.fetch || globalThis.fetch;
  if (!fetch) {
    throw new Error(
      "fetch is not set. Please pass a fetch implementation as new Octokit({ request: { fetch }}). Learn more at https://github.com/octokit/octokit.js/#fetch-missing"
    );
  }
  const log = requestOptions.request?.log || console;
  const parseSuccessResponseBody = requestOptions.request?.parseSuccessResponseBody !== false;
  const body = isPlainObject(requestOptions.body) || Array.isArray(requestOptions.body) ? JSONStringify(requestOptions.body) : requestOptions.body;
  const requestHeaders = Object.fromEntries(
    Object.entries(requestOptions.headers).map(([name, value]) => [
      name,
      String(value)
    ])
  );
  let fetchResponse;
  try {
    fetchResponse = await fetch(requestOptions.url, {
      method: requestOptions.method,
      body,
      redirect: requestOptions.request?.redirect,
      headers: requestHeaders,
      signal: requestOptions.request?.signal,
      // duplex must be set if request.body is ReadableStream or Async Iterables.
      // See https://fetch.spec.whatwg.org/#dom-requestinit-duplex.
      ...requestOptions.body && { duplex: "half" }
    });
  } catch (error) {
    let message = "Unknown Error";
    if (error instanceof Error) {
      if (error.name === "AbortError") {
        error.status = 500;
        throw error;
      }
      message = error.message;
      if (error.name === "TypeError" && "cause" in error) {
        if (error.cause instanceof Error) {
          message = error.cause.message;
        } else if (typeof error.cause === "string") {
          message = error.cause;
        }
      }
    }
    const requestError = new RequestError(message, 500, {
      request: requestOptions
    });
    requestError.cause = error;
    throw requestError;
  }
  const status = fetchResponse.status;
  const url = fetchResponse.url;
  const responseHeaders = {};
  for (const [key, value] of fetchResponse.headers) {
    responseHeaders[key] = value;
  }
  const octokitResponse = {
    url,
    status,
    headers: responseHeaders,
    data: ""
  };
  if ("deprecation" in responseHeaders) {
    const matches = responseHeaders.link && responseHeaders.link.match(/<([^<>]+)>; rel="deprecation"/);
    const deprecationLink = matches && matches.pop();
    log.warn(
      `[@octokit/request] "${requestOptions.method} ${requestOptions.url}" is deprecated. It is scheduled to be removed on ${responseHeaders.sunset}${deprecationLink ? `. See ${deprecationLink}` : ""}`
    );
  }
  if (status === 204 || status === 205) {
    return octokitResponse;
  }
  if (requestOptions.method === "HEAD") {
    if (status < 400) {
      return octokitResponse;
    }
    throw new RequestError(fetchResponse.statusText, status, {
      response: octokitResponse,
      request: requestOptions
    });
  }
  if (status === 304) {
    octokitResponse.data = await getResponseData(fetchResponse);
    throw new RequestError("Not modified", status, {
      response: octokitResponse,
      request: requestOptions
    });
  }
  if (status >= 400) {
    octokitResponse.data = await getResponseData(fetchResponse);
    throw new RequestError(toErrorMessage(octokitResponse.data), status, {
      response: octokitResponse,
      request: requestOptions
    });
  }
  octokitResponse.data = parseSuccessResponseBody ? await getResponseData(fetchResponse) : fetchResponse.body;
  return octokitResponse;
}
async function getResponseData(response) {
  const contentType = response.headers.get("content-type");
  if (!contentType) {
    return response.text().catch(noop$1);
  }
  const mimetype = parse(contentType);
  if (isJSONResponse(mimetype)) {
    let text = "";
    try {
      text = await response.text();
      return JSONParse(text);
    } catch (err) {
      return text;
    }
  } else if (mimetype.type.startsWith("text/") || // `application/octet-stream` is the canonical "arbitrary binary" type
  // (RFC 2046) and must never be decoded as text, even when the response
  // carries a (misleading) `charset=utf-8` parameter — see #751.
  mimetype.parameters.charset?.toLowerCase() === "utf-8" && mimetype.type !== "application/octet-stream") {
    return response.text().catch(noop$1);
  } else {
    return response.arrayBuffer().catch(
      /* v8 ignore next -- @preserve */
      () => new ArrayBuffer(0)
    );
  }
}
function isJSONResponse(mimetype) {
  return mimetype.type === "application/json" || mimetype.type === "application/scim+json";
}
function toErrorMessage(data) {
  if (typeof data === "string") {
    return data;
  }
  if (data instanceof ArrayBuffer) {
    return "Unknown error";
  }
  if (typeof data === "object" && data !== null && "message" in data) {
    const objectData = data;
    const suffix = "documentation_url" in objectData ? ` - ${objectData.documentation_url}` : "";
    return Array.isArray(objectData.errors) ? `${objectData.message}: ${objectData.errors.map((v) => JSON.stringify(v)).join(", ")}${suffix}` : `${objectData.message}${suffix}`;
  }
  return `Unknown error: ${JSON.stringify(data)}`;
}

// pkg/dist-src/with-defaults.js
function withDefaults$1(oldEndpoint, newDefaults) {
  const endpoint2 = oldEndpoint.defaults(newDefaults);
  const newApi = function(route, parameters) {
    const endpointOptions = endpoint2.merge(route, parameters);
    if (!endpointOptions.request || !endpointOptions.request.hook) {
      return fetchWrapper(endpoint2.parse(endpointOptions));
    }
    const request2 = (route2, parameters2) => {
      return fetchWrapper(
        endpoint2.parse(endpoint2.merge(route2, parameters2))
      );
    };
    Object.assign(request2, {
      endpoint: endpoint2,
      defaults: withDefaults$1.bind(null, endpoint2)
    });
    return endpointOptions.request.hook(request2, endpointOptions);
  };
  return Object.assign(newApi, {
    endpoint: endpoint2,
    defaults: withDefaults$1.bind(null, endpoint2)
  });
}

// pkg/dist-src/index.js
var request = withDefaults$1(endpoint, defaults_default);
/* v8 ignore next -- @preserve */
/* v8 ignore else -- @preserve */

// pkg/dist-src/index.js

// pkg/dist-src/version.js
var VERSION$1 = "0.0.0-development";

// pkg/dist-src/error.js
function _buildMessageForResponseErrors(data) {
  return `Request failed due to following response errors:
` + data.errors.map((e) => ` - ${e.message}`).join("\n");
}
var GraphqlResponseError = class extends Error {
  constructor(request2, headers, response) {
    super(_buildMessageForResponseErrors(response));
    this.request = request2;
    this.headers = headers;
    this.response = response;
    this.errors = response.errors;
    this.data = response.data;
    if (Error.captureStackTrace) {
      Error.captureStackTrace(this, this.constructor);
    }
  }
  request;
  headers;
  response;
  name = "GraphqlResponseError";
  errors;
  data;
};

// pkg/dist-src/graphql.js
var NON_VARIABLE_OPTIONS = [
  "method",
  "baseUrl",
  "url",
  "headers",
  "request",
  "query",
  "mediaType",
  "operationName"
];
var FORBIDDEN_VARIABLE_OPTIONS = ["query", "method", "url"];
var GHES_V3_SUFFIX_REGEX = /\/api\/v3\/?$/;
function graphql(request2, query, options) {
  if (options) {
    if (typeof query === "string" && "query" in options) {
      return Promise.reject(
        new Error(`[@octokit/graphql] "query" cannot be used as variable name`)
      );
    }
    for (const key in options) {
      if (!FORBIDDEN_VARIABLE_OPTIONS.includes(key)) continue;
      return Promise.reject(
        new Error(
          `[@octokit/graphql] "${key}" cannot be used as variable name`
        )
      );
    }
  }
  const parsedOptions = typeof query === "string" ? Object.assign({ query }, options) : query;
  const requestOptions = Object.keys(
    parsedOptions
  ).reduce((result, key) => {
    if (NON_VARIABLE_OPTIONS.includes(key)) {
      result[key] = parsedOptions[key];
      return result;
    }
    if (!result.variables) {
      result.variables = {};
    }
    result.variables[key] = parsedOptions[key];
    return result;
  }, {});
  const baseUrl = parsedOptions.baseUrl || request2.endpoint.DEFAULTS.baseUrl;
  if (GHES_V3_SUFFIX_REGEX.test(baseUrl)) {
    requestOptions.url = baseUrl.replace(GHES_V3_SUFFIX_REGEX, "/api/graphql");
  }
  return request2(requestOptions).then((response) => {
    if (response.data.errors) {
      const headers = {};
      for (const key of Object.keys(response.headers)) {
        headers[key] = response.headers[key];
      }
      throw new GraphqlResponseError(
        requestOptions,
        headers,
        response.data
      );
    }
    return response.data.data;
  });
}

// pkg/dist-src/with-defaults.js
function withDefaults(request2, newDefaults) {
  const newRequest = request2.defaults(newDefaults);
  const newApi = (query, options) => {
    return graphql(newRequest, query, options);
  };
  return Object.assign(newApi, {
    defaults: withDefaults.bind(null, newRequest),
    endpoint: newRequest.endpoint
  });
}

// pkg/dist-src/index.js
withDefaults(request, {
  headers: {
    "user-agent": `octokit-graphql.js/${VERSION$1} ${getUserAgent()}`
  },
  method: "POST",
  url: "/graphql"
});
function withCustomRequest(customRequest) {
  return withDefaults(customRequest, {
    method: "POST",
    url: "/graphql"
  });
}
/* v8 ignore if -- @preserve */

// pkg/dist-src/is-jwt.js
var b64url = "(?:[a-zA-Z0-9_-]+)";
var sep = "\\.";
var jwtRE = new RegExp(`^${b64url}${sep}${b64url}${sep}${b64url}$`);
var isJWT = jwtRE.test.bind(jwtRE);

// pkg/dist-src/auth.js
async function auth(token) {
  const isApp = isJWT(token);
  const isInstallation = token.startsWith("v1.") || token.startsWith("ghs_");
  const isUserToServer = token.startsWith("ghu_");
  const tokenType = isApp ? "app" : isInstallation ? "installation" : isUserToServer ? "user-to-server" : "oauth";
  return {
    type: "token",
    token,
    tokenType
  };
}

// pkg/dist-src/with-authorization-prefix.js
function withAuthorizationPrefix(token) {
  if (token.split(/\./).length === 3) {
    return `bearer ${token}`;
  }
  return `token ${token}`;
}

// pkg/dist-src/hook.js
async function hook(token, request, route, parameters) {
  const endpoint = request.endpoint.merge(
    route,
    parameters
  );
  endpoint.headers.authorization = withAuthorizationPrefix(token);
  return request(endpoint);
}

// pkg/dist-src/index.js
var createTokenAuth = function createTokenAuth2(token) {
  if (!token) {
    throw new Error("[@octokit/auth-token] No token passed to createTokenAuth");
  }
  if (typeof token !== "string") {
    throw new Error(
      "[@octokit/auth-token] Token passed to createTokenAuth is not a string"
    );
  }
  token = token.replace(/^(token|bearer) +/i, "");
  return Object.assign(auth.bind(null, token), {
    hook: hook.bind(null, token)
  });
};

const VERSION = "7.0.8";

const noop = () => {
};
const consoleWarn = console.warn.bind(console);
const consoleError = console.error.bind(console);
function createLogger(logger = {}) {
  if (typeof logger.debug !== "function") {
    logger.debug = noop;
  }
  if (typeof logger.info !== "function") {
    logger.info = noop;
  }
  if (typeof logger.warn !== "function") {
    logger.warn = consoleWarn;
  }
  if (typeof logger.error !== "function") {
    logger.error = consoleError;
  }
  return logger;
}
const userAgentTrail = `octokit-core.js/${VERSION} ${getUserAgent()}`;
class Octokit {
  static VERSION = VERSION;
  static defaults(defaults) {
    const OctokitWithDefaults = class extends this {
      constructor(...args) {
        const options = args[0] || {};
        if (typeof defaults === "function") {
          super(defaults(options));
          return;
        }
        super(
          Object.assign(
            {},
            defaults,
            options,
            options.userAgent && defaults.userAgent ? {
              userAgent: `${options.userAgent} ${defaults.userAgent}`
            } : null
          )
        );
      }
    };
    return OctokitWithDefaults;
  }
  static plugins = [];
  /**
   * Attach a plugin (or many) to your Octokit instance.
   *
   * @example
   * const API = Octokit.plugin(plugin1, plugin2, plugin3, ...)
   */
  static plugin(...newPlugins) {
    const currentPlugins = this.plugins;
    const NewOctokit = class extends this {
      static plugins = currentPlugins.concat(
        newPlugins.filter((plugin) => !currentPlugins.includes(plugin))
      );
    };
    return NewOctokit;
  }
  constructor(options = {}) {
    const hook = new Hook.Collection();
    const requestDefaults = {
      baseUrl: request.endpoint.DEFAULTS.baseUrl,
      headers: {},
      request: Object.assign({}, options.request, {
        // @ts-ignore internal usage only, no need to type
        hook: hook.bind(null, "request")
      }),
      mediaType: {
        previews: [],
        format: ""
      }
    };
    requestDefaults.headers["user-agent"] = options.userAgent ? `${options.userAgent} ${userAgentTrail}` : userAgentTrail;
    if (options.baseUrl) {
      requestDefaults.baseUrl = options.baseUrl;
    }
    if (options.previews) {
      requestDefaults.mediaType.previews = options.previews;
    }
    if (options.timeZone) {
      requestDefaults.headers["time-zone"] = options.timeZone;
    }
    this.request = request.defaults(requestDefaults);
    this.graphql = withCustomRequest(this.request).defaults(requestDefaults);
    this.log = createLogger(options.log);
    this.hook = hook;
    if (!options.authStrategy) {
      if (!options.auth) {
        this.auth = async () => ({
          type: "unauthenticated"
        });
      } else {
        const auth = createTokenAuth(options.auth);
        hook.wrap("request", auth.hook);
        this.auth = auth;
      }
    } else {
      const { authStrategy, ...otherOptions } = options;
      const auth = authStrategy(
        Object.assign(
          {
            request: this.request,
            log: this.log,
            // we pass the current octokit instance as well as its constructor options
            // to allow for authentication strategies that return a new octokit instance
            // that shares the same internal state as the current one. The original
            // requirement for this was the "event-octokit" authentication strategy
            // of https://github.com/probot/octokit-auth-probot.
            octokit: this,
            octokitOptions: otherOptions
          },
          options.auth
        )
      );
      hook.wrap("request", auth.hook);
      this.auth = auth;
    }
    const classConstructor = this.constructor;
    for (let i = 0; i < classConstructor.plugins.length; ++i) {
      Object.assign(this, classConstructor.plugins[i](this, options));
    }
  }
  // assigned during constructor
  request;
  graphql;
  log;
  hook;
  // TODO: type `octokit.auth` based on passed options.authStrategy
  auth;
}

/** No answer, or not a whole one. */
class TransportError extends Error {
    reason;
    constructor(reason, message, options) {
        super(message, options);
        this.reason = reason;
        this.name = 'TransportError';
    }
}
/** Failures before a byte of the request has left. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/**
 * A fetch that answers with a whole body or throws. Octokit by itself takes a body that breaks off for an empty one,
 * and its time limit would end with the headers. Proxy variables are respected.
 *
 * @returns for a number of bytes, a fetch that refuses larger bodies
 */
function createTransport(timeoutMs) {
    const dispatcher = new ProxyByOrigin();
    return (maxBytes) => async (url, init) => {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
            const response = await undiciExports.fetch(url, { ...init, dispatcher, signal });
            const body = await readWhole(response, maxBytes);
            const { status, statusText, headers } = response;
            return new undiciExports.Response(body.length === 0 ? null : body, { status, statusText, headers });
        }
        catch (error) {
            throw asTransportError(error, signal.aborted, timeoutMs);
        }
    };
}
/** HTTPS_PROXY and NO_PROXY, asked anew for each host: a download is redirected to another one. */
class ProxyByOrigin extends undiciExports.Dispatcher {
    direct = new undiciExports.Agent();
    proxies = new Map();
    dispatch(options, handler) {
        const proxy = options.origin === undefined ? undefined : getProxyUrl(new URL(options.origin));
        return (proxy === undefined ? this.direct : this.through(proxy.href)).dispatch(options, handler);
    }
    through(uri) {
        const agent = this.proxies.get(uri) ?? new undiciExports.ProxyAgent(uri);
        this.proxies.set(uri, agent);
        return agent;
    }
}
async function readWhole(response, maxBytes) {
    const chunks = [];
    let size = 0;
    for await (const chunk of (response.body ?? [])) {
        size += chunk.byteLength;
        if (size > maxBytes)
            throw new TransportError('too-large', `the answer is larger than ${maxBytes} bytes`);
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
function asTransportError(error, timedOut, timeoutMs) {
    if (error instanceof TransportError)
        return error;
    if (timedOut) {
        return new TransportError('timeout', `no complete answer within ${timeoutMs / 1000} s`, { cause: error });
    }
    const cause = causeOf(error);
    const reason = NOT_CONNECTED.has(codeOf(cause)) ? 'connect' : 'broken';
    return new TransportError(reason, messageOf(cause) || codeOf(cause), { cause: error });
}
function causeOf(error) {
    return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
function codeOf(error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

const BY_STATUS = {
    400: 'invalid',
    401: 'unauthorized',
    403: 'denied',
    404: 'not-found',
    408: 'timeout',
    409: 'conflict',
    410: 'gone',
    422: 'invalid',
    429: 'rate-limited'
};
const BY_GRAPHQL_TYPE = {
    FORBIDDEN: 'denied',
    INSUFFICIENT_SCOPES: 'denied',
    NOT_FOUND: 'not-found',
    RATE_LIMITED: 'rate-limited',
    RATE_LIMIT: 'rate-limited'
};
/** Sorts whatever Octokit threw. */
function classify(error) {
    const transport = error instanceof Error && error.cause instanceof TransportError ? error.cause : error;
    if (transport instanceof TransportError)
        return classifyTransport(transport);
    const graphql = graphqlTypeOf(error);
    if (graphql !== undefined) {
        return { kind: BY_GRAPHQL_TYPE[graphql] ?? 'invalid', detail: messageOf(error), maybeDone: false };
    }
    if (isAnswered(error))
        return classifyAnswer(error);
    return { kind: 'malformed', detail: messageOf(error), maybeDone: true };
}
function classifyTransport({ reason, message }) {
    if (reason === 'timeout')
        return { kind: 'timeout', detail: message, maybeDone: true };
    if (reason === 'too-large')
        return { kind: 'too-large', detail: message, maybeDone: true };
    return { kind: 'network', detail: message, maybeDone: reason === 'broken' };
}
function classifyAnswer({ status, message, response: { headers } }) {
    const kind = status >= 500 ? 'unavailable' : (BY_STATUS[status] ?? 'invalid');
    const retryAfterMs = waitAskedFor(headers);
    // A secondary limit says so in words only; the docs promise neither the status nor the header.
    const limited = kind === 'denied' && (retryAfterMs !== undefined || /rate limit|abuse detection/i.test(message));
    return {
        kind: limited ? 'rate-limited' : kind,
        status,
        detail: `${status} ${shorten(message)}`.trim(),
        maybeDone: status >= 500 || kind === 'timeout',
        ...(retryAfterMs !== undefined && { retryAfterMs })
    };
}
/** Retry-After in seconds or as a date, or the end of an exhausted primary limit; undefined where nothing is asked. */
function waitAskedFor(headers, now = Date.now()) {
    const after = text$1(headers['retry-after']);
    if (after !== undefined) {
        const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000;
        if (Number.isFinite(seconds))
            return Math.max(0, seconds * 1000);
    }
    const reset = text$1(headers['x-ratelimit-reset']);
    if (text$1(headers['x-ratelimit-remaining']) !== '0' || reset === undefined || !/^\d+$/.test(reset))
        return undefined;
    return Math.max(0, Number(reset) * 1000 - now);
}
function text$1(header) {
    return typeof header === 'string' || typeof header === 'number' ? String(header).trim() : undefined;
}
function isAnswered(error) {
    if (typeof error !== 'object' || error === null || !('status' in error) || !('response' in error))
        return false;
    const { response } = error;
    return typeof error.status === 'number' && typeof response === 'object' && response !== null && 'headers' in response;
}
function graphqlTypeOf(error) {
    if (!(error instanceof Error) || error.name !== 'GraphqlResponseError' || !('errors' in error))
        return undefined;
    const [first] = Array.isArray(error.errors) ? error.errors : [];
    return typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : '';
}
/** One line; an error page of a proxy may be long. */
function shorten(message) {
    const line = message.replace(/\s+/g, ' ').trim();
    return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
/** @param purpose completes "could not ..." */
function explainFailure(failure, purpose, permission) {
    const advice = adviceFor(failure, permission);
    const message = `could not ${purpose}: ${failure.detail}${advice === undefined ? '' : `; ${advice}`}`;
    return { ...failure, message };
}
function adviceFor({ kind, retryAfterMs }, permission) {
    const needed = permission === undefined ? '' : ` (the job needs \`${permission}\`)`;
    switch (kind) {
        case 'unauthorized':
            return 'the token is wrong or has expired';
        case 'denied':
            return `the token may not do that${needed}; on pull requests from forks it is read-only`;
        case 'not-found':
            return `it is not there, or the token cannot see it${needed}`;
        case 'rate-limited':
            return retryAfterMs === undefined ? undefined : `GitHub asks to wait for ${Math.ceil(retryAfterMs / 1000)} s`;
        case 'network':
            return 'check the connection, HTTPS_PROXY and NO_PROXY';
        default:
            return undefined;
    }
}

const TRANSIENT = new Set(['rate-limited', 'unavailable', 'timeout', 'network']);
/**
 * Calls again what failed for a passing reason, a bounded number of times with bounded pauses.
 * @param repeatable whether a second call does no harm when the first was carried out and only its answer was lost.
 */
async function withRetries(call, { repeatable, policy, log }) {
    let waitedMs = 0;
    for (let attempt = 1;; attempt++) {
        try {
            return await call();
        }
        catch (error) {
            const failure = classify(error);
            const pauseMs = pauseFor(failure, attempt, policy);
            const mayRepeat = TRANSIENT.has(failure.kind) && (repeatable || !failure.maybeDone);
            if (!mayRepeat || attempt >= policy.attempts || waitedMs + pauseMs > policy.maxWaitMs)
                throw error;
            log.debug(`GitHub: ${failure.detail}; attempt ${attempt + 1} of ${policy.attempts} in ${Math.round(pauseMs)} ms`);
            waitedMs += pauseMs;
            await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
    }
}
/** What GitHub asks for, or else twice the last pause, with jitter: several jobs of a matrix fail at the same moment. */
function pauseFor({ kind, retryAfterMs }, attempt, policy) {
    if (retryAfterMs !== undefined)
        return retryAfterMs;
    if (kind === 'rate-limited')
        return policy.limitDelayMs;
    return policy.baseDelayMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
}

function createClient(options) {
    const { log } = options;
    const policy = {
        attempts: options.attempts ?? limits.request.attempts,
        baseDelayMs: options.baseDelayMs ?? limits.request.baseDelayMs,
        limitDelayMs: options.limitDelayMs ?? limits.request.limitDelayMs,
        maxWaitMs: options.maxWaitMs ?? limits.request.maxWaitMs
    };
    const fetchUpTo = createTransport(options.timeoutMs ?? limits.request.timeoutMs);
    const octokit = new Octokit({
        ...(options.token !== '' && { auth: options.token }),
        baseUrl: options.apiUrl.replace(/\/+$/, ''),
        userAgent: options.userAgent,
        request: { fetch: fetchUpTo(limits.request.maxAnswerBytes) },
        log: { debug: () => undefined, info: () => undefined, warn: (text) => log.debug(text), error: () => undefined }
    });
    // After a call that no repetition could save, the next ones get one attempt: a job must not wait minutes for each.
    let down = false;
    octokit.hook.wrap('request', async (request, call) => {
        const { repeatable = call.method !== 'POST' || call.url.endsWith('/graphql') } = (call.request ?? {});
        try {
            const answer = await withRetries(async () => request(call), {
                repeatable,
                policy: down ? { ...policy, attempts: 1 } : policy,
                log
            });
            down = false;
            return answer;
        }
        catch (error) {
            const { kind } = classify(error);
            down = kind === 'unavailable' || kind === 'timeout' || kind === 'network';
            throw error;
        }
    });
    async function answering({ purpose, permission }, ask) {
        try {
            return { ok: true, data: await ask() };
        }
        catch (error) {
            return { ok: false, failure: explainFailure(classify(error), purpose, permission) };
        }
    }
    return {
        request: (call) => answering(call, async () => {
            const request = call.repeatable === undefined ? {} : { repeatable: call.repeatable };
            const answer = await octokit.request(call.route, { ...call.parameters, request });
            return expected(answer.data, call.schema);
        }),
        list: (call) => answering(call, async () => {
            const { route, parameters, within, until, maxPages } = call;
            const page = array(call.schema);
            const schema = within === undefined ? page : object({ [within]: page }).transform((data) => data[within]);
            const items = [];
            for (let number = 1; number <= maxPages; number++) {
                const place = { per_page: limits.request.pageSize, page: number };
                const answer = await octokit.request(route, { ...parameters, ...place });
                const found = expected(answer.data, schema);
                items.push(...found);
                const ended = !/rel="next"/.test(answer.headers.link ?? '');
                if (ended || (until !== undefined && found.some(until)))
                    return { items, complete: true };
            }
            return { items, complete: false };
        }),
        query: (call) => answering(call, async () => expected(await octokit.graphql(call.query, { ...call.variables }), call.schema)),
        download: (call) => answering(call, async () => {
            const request = { fetch: fetchUpTo(call.maxBytes) };
            const answer = await octokit.request(call.route, { ...call.parameters, request });
            return expected(answer.data, _instanceof(ArrayBuffer).transform((buffer) => new Uint8Array(buffer)));
        })
    };
}
/** An answer of another shape (a proxy's page, half a document) is a failure of the service, not a value. */
function expected(data, schema) {
    const parsed = schema.safeParse(data);
    if (parsed.success)
        return parsed.data;
    const { path, message } = parsed.error.issues[0];
    throw new Error(`the answer is not what GitHub documents (${path.join('.') || 'as a whole'}: ${message})`);
}

/**
 * Appends Markdown to the summary of the step. GitHub drops a summary over its limit as a whole, so the text is cut to
 * the room that earlier writers in the step left.
 */
async function writeSummary(env, markdown) {
    const file = env.GITHUB_STEP_SUMMARY;
    if (file === undefined || file === '')
        return skipped('GITHUB_STEP_SUMMARY is not set');
    try {
        const room = limits.summary.maxBytes - (await sizeOf(file)) - 1;
        const note = '_Shortened: GitHub limits the job summary to 1 MiB per step. The report has the rest._';
        const text = truncateMarkdown(markdown.trimEnd(), { max: room, measure: bytes, note });
        if (text === '' && markdown.trim() !== '')
            return skipped('other writers in this step left no room in the summary');
        await appendFile(file, `${text}\n`);
        return { kind: 'written', truncated: bytes(text) < bytes(markdown.trimEnd()) };
    }
    catch (error) {
        return skipped(`the job summary cannot be written: ${messageOf(error)}`);
    }
}
/** Sets outputs of the step; values may hold any text. Undefined values are left out. */
async function writeOutputs(env, outputs) {
    const file = env.GITHUB_OUTPUT;
    if (file === undefined || file === '')
        return skipped('GITHUB_OUTPUT is not set');
    const entries = Object.entries(outputs).filter(([, value]) => value !== undefined);
    const text = entries.map(([name, value]) => formatOutput(name, String(value))).join('');
    if (bytes(text) > limits.output.maxBytesPerJob)
        return skipped(`the outputs are larger than GitHub takes (1 MiB)`);
    try {
        await appendFile(file, text);
        return { kind: 'written', truncated: false };
    }
    catch (error) {
        return skipped(`the outputs cannot be written: ${messageOf(error)}`);
    }
}
/** The delimiter is random, so that no value can end itself and set another output. */
function formatOutput(name, value) {
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
        throw new TypeError(`${name} cannot be the name of an output`);
    const delimiter = `ghadelimiter_${randomUUID()}`;
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}
async function sizeOf(file) {
    return (await stat(file).catch(() => undefined))?.size ?? 0;
}
function skipped(reason) {
    return { kind: 'skipped', reason };
}

const MAX_NAME$1 = 100;
const MAX_REASON = 2000;
const MAX_LINE = 300;
/**
 * What takes the place of the report where there is none, in the comment and in the summary alike: a verdict of an
 * earlier commit must not stand there as if it were this one's. Reason and log may quote a stranger's file.
 */
function renderUnjudged({ reason, log }, links = {}) {
    const lines = log
        .map((line) => clip(visible(stripVTControlCharacters(line).replaceAll('\t', '    ')), MAX_LINE).trimEnd())
        .filter((line) => line !== '')
        .slice(-30);
    return `${paragraphs([
        `### ${ICON.error} ${gateName(links.reportId ?? '', MAX_NAME$1)}: could not judge`,
        prose(clip(reason.trim() || 'No reason is given', MAX_REASON)),
        'Nothing is known about the accuracy of this change: that is no pass.',
        lines.length === 0 ? '' : paragraphs(['The end of the log:', fence('text', lines)]),
        '#### What to do',
        list([
            'Repair what the reason names, and run the job again.',
            '`precision-gate check` reads the config and the files it names and runs nothing; `precision-gate run` on a machine with the same runtime shows the whole log.'
        ]),
        footer(links)
    ])}\n`;
}
function footer(links) {
    const commit = commitOf({}, links);
    const addresses = addressesOf({}, links, commit);
    const short = commit === undefined ? undefined : `<code>${commit.slice(0, 8)}</code>`;
    const sha = short !== undefined && addresses.commit !== undefined ? `[${short}](${addresses.commit})` : short;
    return `<sub>${[
        ...(sha === undefined ? [] : [`commit ${sha}`]),
        ...(addresses.run === undefined ? [] : [`[run](${addresses.run})`]),
        `${TOOL.name} ${TOOL.version}`
    ].join(' · ')}</sub>`;
}

/** Who `GITHUB_TOKEN` writes as. */
const ACTIONS_BOT = 'github-actions[bot]';
const viewerSchema = object({ viewer: object({ login: string().min(1) }) });
const userSchema = object({ login: string().min(1) });
/**
 * The login that the token writes as. `GET /user` is closed to app tokens, `GITHUB_TOKEN` among them; GraphQL's viewer
 * is open to all of them, but not everywhere (a GitHub Enterprise Server may close it).
 */
async function ownLogin(client) {
    const purpose = 'find out who the token writes as';
    const viewer = await client.query({ purpose, query: 'query { viewer { login } }', schema: viewerSchema });
    if (viewer.ok)
        return { ok: true, data: viewer.data.viewer.login };
    const user = await client.request({ purpose, route: 'GET /user', schema: userSchema });
    if (user.ok)
        return { ok: true, data: user.data.login };
    return user.failure.kind === 'denied' ? { ok: true, data: ACTIONS_BOT } : user;
}
/** GraphQL may name an app without its `[bot]`; brackets cannot be part of a user's name, so nobody registers as one. */
function isWrittenBy(author, login) {
    return author !== null && (author.login === login || author.login === `${login}[bot]`);
}

const text = string().min(1).optional().catch(undefined);
const count = int().positive().optional().catch(undefined);
const repositorySchema$1 = object({ full_name: text, default_branch: text });
const branchSchema = object({
    sha: text,
    ref: text,
    // null: the fork was deleted.
    repo: repositorySchema$1.nullish().catch(undefined)
});
const pullRequestSchema = object({ number: count, head: branchSchema, base: branchSchema });
const workflowRunSchema = object({
    id: int().positive(),
    run_attempt: count,
    event: text,
    conclusion: text,
    head_sha: string().min(1),
    head_branch: text,
    head_repository: object({ full_name: text, owner: object({ login: text }).optional().catch(undefined) })
        .nullish()
        .catch(undefined)
});
/** The parts of a webhook payload that are read; whatever is missing or of another type is left out. */
const eventSchema = object({
    repository: repositorySchema$1.optional().catch(undefined),
    pull_request: pullRequestSchema.optional().catch(undefined),
    merge_group: object({ head_sha: text, head_ref: text, base_sha: text, base_ref: text }).optional().catch(undefined),
    workflow_run: workflowRunSchema.optional().catch(undefined),
    before: text
});
/** The payload of the event that started the run. A missing or garbled file is a warning: the gate works without it. */
async function readPayload(file, readEvent = readText) {
    const without = (why) => ({
        payload: {},
        warning: `the event that started this run is unknown (${why}): no pull request is commented on`
    });
    if (file === undefined || file === '')
        return without('GITHUB_EVENT_PATH is not set');
    let json;
    try {
        json = JSON.parse(await readEvent(file));
    }
    catch (error) {
        return without(`${file}: ${messageOf(error)}`);
    }
    const parsed = eventSchema.safeParse(json);
    return parsed.success ? { payload: parsed.data } : without(`${file} holds no object`);
}
function readText(file) {
    return readFile(file, 'utf8');
}

/**
 * What started this run, from `GITHUB_*` and the event file. Never throws: what is missing is named in `warnings`.
 * @param readEvent reads the event file; for tests.
 */
async function readContext(env, readEvent) {
    const { payload, warning } = await readPayload(env.GITHUB_EVENT_PATH, readEvent);
    const warnings = warning === undefined ? [] : [warning];
    const repository = repositoryOf(env, payload);
    if (repository.owner === '')
        warnings.push('GITHUB_REPOSITORY is not set: nothing is sent to GitHub');
    const eventName = env.GITHUB_EVENT_NAME ?? '';
    const sha = env.GITHUB_SHA ?? '';
    const ref = env.GITHUB_REF ?? '';
    const serverUrl = trimmed(env.GITHUB_SERVER_URL) ?? 'https://github.com';
    const apiUrl = trimmed(env.GITHUB_API_URL) ?? 'https://api.github.com';
    const runId = positive(env.GITHUB_RUN_ID) ?? 0;
    const runAttempt = positive(env.GITHUB_RUN_ATTEMPT) ?? 1;
    const pullRequest = pullRequestOf(payload.pull_request, repository);
    if (eventName.startsWith('pull_request') && payload.pull_request !== undefined && pullRequest === undefined) {
        warnings.push('the event describes its pull request in part only: it is not commented on');
    }
    const workflowRun = payload.workflow_run === undefined ? undefined : workflowRunOf(payload.workflow_run);
    const group = payload.merge_group;
    const baseRef = pullRequest?.baseRef ?? branchName(group?.base_ref) ?? branchName(ref);
    const baseSha = pullRequest?.baseSha ?? group?.base_sha ?? commit(payload.before);
    const { default_branch: defaultBranch } = payload.repository ?? {};
    return {
        eventName,
        repository,
        sha,
        ref,
        headSha: pullRequest?.headSha ?? group?.head_sha ?? workflowRun?.headSha ?? sha,
        ...(baseRef !== undefined && { baseRef }),
        ...(baseSha !== undefined && { baseSha }),
        ...(defaultBranch !== undefined && { defaultBranch }),
        serverUrl,
        apiUrl,
        graphqlUrl: trimmed(env.GITHUB_GRAPHQL_URL) ?? `${apiUrl.replace(/\/v3$/, '')}/graphql`,
        runId,
        runAttempt,
        runUrl: runUrl(serverUrl, repository, { id: runId, attempt: runAttempt }),
        workflow: env.GITHUB_WORKFLOW ?? '',
        job: env.GITHUB_JOB ?? '',
        actor: env.GITHUB_ACTOR ?? '',
        isPush: eventName === 'push',
        ...(pullRequest !== undefined && { pullRequest }),
        ...(workflowRun !== undefined && { workflowRun }),
        warnings
    };
}
/** Whether `a` is from a later run or a later attempt than `b`. Ids grow over all runs of a repository. */
function isNewer(a, b) {
    return a.id === b.id ? a.attempt > b.attempt : a.id > b.id;
}
/** The page of a run; of its first attempt only there is no page of its own before a second one. */
function runUrl(serverUrl, { owner, repo }, { id, attempt }) {
    const page = `${serverUrl}/${owner}/${repo}/actions/runs/${id}`;
    return attempt > 1 ? `${page}/attempts/${attempt}` : page;
}
function repositoryOf(env, payload) {
    const [owner = '', repo = ''] = (env.GITHUB_REPOSITORY || payload.repository?.full_name || '').split('/');
    return { owner, repo };
}
function pullRequestOf(payload, { owner, repo }) {
    if (payload === undefined)
        return undefined;
    const { number, head, base } = payload;
    if (number === undefined || head.sha === undefined || base.ref === undefined)
        return undefined;
    const headRepository = head.repo?.full_name;
    return {
        number,
        headSha: head.sha,
        headRef: head.ref ?? '',
        ...(headRepository !== undefined && { headRepository }),
        baseRef: base.ref,
        baseSha: base.sha ?? '',
        // A head whose repository is gone was a fork.
        isFork: headRepository?.toLowerCase() !== `${owner}/${repo}`.toLowerCase()
    };
}
function workflowRunOf(payload) {
    const { event, conclusion, head_branch: headBranch, head_repository: head } = payload;
    return {
        id: payload.id,
        attempt: payload.run_attempt ?? 1,
        headSha: payload.head_sha,
        ...(event !== undefined && { event }),
        ...(conclusion !== undefined && { conclusion }),
        ...(headBranch !== undefined && { headBranch }),
        ...(head?.full_name !== undefined && { headRepository: head.full_name }),
        ...(head?.owner?.login !== undefined && { headOwner: head.owner.login })
    };
}
function branchName(ref) {
    return ref?.startsWith('refs/heads/') === true ? ref.slice('refs/heads/'.length) : undefined;
}
/** A push that creates a branch has forty zeros for the commit before it. */
function commit(sha) {
    return sha === undefined || /^0*$/.test(sha) ? undefined : sha;
}
function positive(number) {
    return number !== undefined && /^[1-9]\d{0,15}$/.test(number) ? Number(number) : undefined;
}
function trimmed(url) {
    return url === undefined || url === '' ? undefined : url.replace(/\/+$/, '');
}

const commentSchema = object({
    id: int(),
    html_url: string(),
    body: string()
        .nullish()
        .transform((body) => body ?? ''),
    user: object({ login: string() }).nullable()
});
const PERMISSION = 'pull-requests: write';
/**
 * Writes the one comment of a report: updates the one that carries its marker and was written by this token, or
 * creates it. A marker in somebody else's comment means nothing.
 *
 * GitHub cannot write on a condition: of two runs that look at the same moment the later writer wins.
 * @param body Markdown, aimed at `limits.comment.targetCharacters`; what GitHub would refuse is cut off.
 * @param onlyUpdate where there is no comment yet, none is created.
 */
async function upsertComment(client, { body, onlyUpdate = false, ...target }) {
    const text = withMarker(body, target);
    const found = await findComment(client, target);
    if (!found.ok)
        return declined(found.failure);
    const first = async () => (onlyUpdate ? { kind: 'absent' } : create(client, target, text));
    if (found.data === undefined)
        return first();
    const { id, html_url: url, body: current } = found.data;
    const by = parseMarker(current)?.run;
    if (by !== undefined && isNewer(by, target.run))
        return { kind: 'superseded', id, url, by };
    if (normalized(current) === normalized(text))
        return { kind: 'unchanged', id, url };
    const updated = await client.request({
        ...to(`update the comment on pull request ${target.number}`),
        route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
        parameters: { ...target.repository, comment_id: id, body: text },
        schema: commentSchema
    });
    if (updated.ok)
        return { kind: 'updated', id, url: updated.data.html_url };
    const vanished = updated.failure.kind === 'not-found' || updated.failure.kind === 'gone';
    return vanished ? first() : declined(updated.failure);
}
/** A create whose answer got lost may have succeeded: looked up before it is tried a second time. */
async function create(client, target, body) {
    const post = () => client.request({
        ...to(`comment on pull request ${target.number}`),
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        parameters: { ...target.repository, issue_number: target.number, body },
        schema: commentSchema
    });
    let created = await post();
    if (!created.ok && created.failure.maybeDone) {
        const found = await findComment(client, target);
        if (!found.ok)
            return declined(created.failure);
        created = found.data === undefined ? await post() : { ok: true, data: found.data };
    }
    if (!created.ok)
        return declined(created.failure);
    return { kind: 'created', id: created.data.id, url: created.data.html_url };
}
async function findComment(client, target) {
    const marked = await listMarked(client, target);
    if (!marked.ok)
        return marked;
    if (marked.data.items.length === 0)
        return { ok: true, data: undefined };
    const login = await ownLogin(client);
    if (!login.ok)
        return login;
    const own = marked.data.items.filter(({ user }) => isWrittenBy(user, login.data));
    // Two runs that raced may have left two: the one that says more about the newest commit counts.
    const newest = own.reduce((best, comment) => (best === undefined || isNewer(runOf(comment), runOf(best)) ? comment : best), undefined);
    return { ok: true, data: newest };
}
async function listMarked(client, target) {
    const listed = await client.list({
        ...to(`list the comments of pull request ${target.number}`),
        route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
        parameters: { ...target.repository, issue_number: target.number },
        schema: commentSchema,
        maxPages: limits.comment.maxPages
    });
    if (!listed.ok)
        return listed;
    const items = listed.data.items.filter(({ body }) => parseMarker(body)?.reportId === target.reportId);
    return { ok: true, data: { ...listed.data, items } };
}
function withMarker(body, { reportId, run }) {
    const marker = `\n\n${commentMarker(reportId, run)}`;
    const max = limits.comment.maxCharacters - marker.length;
    return (truncateMarkdown(body.trimEnd(), { max, measure: characters, note: '_Shortened: GitHub limits the length._' }) +
        marker);
}
function runOf({ body }) {
    return parseMarker(body)?.run ?? { id: 0, attempt: 0 };
}
/** GitHub may answer with other line ends than were sent. */
function normalized(body) {
    return body.replace(/\r\n?/g, '\n').trimEnd();
}
function to(purpose) {
    return { purpose, permission: PERMISSION };
}
function declined({ kind, message }) {
    const denied = kind === 'denied' || kind === 'unauthorized';
    return { kind: denied ? 'denied' : 'failed', reason: message };
}

const repositorySchema = object({ full_name: string() });
const pullSchema = object({
    number: int().positive(),
    state: string(),
    head: object({ sha: string(), ref: string(), repo: repositorySchema.nullable() }),
    base: object({ sha: string(), ref: string(), repo: repositorySchema })
});
const MEASURING_EVENTS = new Set(['pull_request', 'pull_request_target']);
/**
 * The pull request that a `workflow_run` event is about. The event's own list is empty for forks, and a number from the
 * run's artifact could be anybody's, so GitHub is asked for the open pull requests from the run's head branch, and the
 * head commit has to be the one that was measured.
 */
async function resolvePullRequest(client, { repository, run }) {
    if (run.event !== undefined && !MEASURING_EVENTS.has(run.event)) {
        return none(`the run was started by ${run.event}, not by a pull request`);
    }
    const { headOwner, headBranch, headRepository, headSha } = run;
    if (headOwner === undefined || headBranch === undefined || headRepository === undefined) {
        return none('the repository or the branch that the pull request came from is gone');
    }
    const listed = await client.list({
        purpose: `find the pull request from ${headOwner}:${headBranch}`,
        permission: 'pull-requests: read',
        route: 'GET /repos/{owner}/{repo}/pulls',
        parameters: { ...repository, state: 'open', head: `${headOwner}:${headBranch}` },
        schema: pullSchema,
        maxPages: 10
    });
    if (!listed.ok)
        return { kind: 'failed', reason: listed.failure.message };
    // An owner may have several forks with such a branch; an unknown `head` filter is ignored and lists everything.
    const same = listed.data.items.filter(({ state, head }) => state === 'open' && head.ref === headBranch && sameName(head.repo?.full_name, headRepository));
    if (same.length === 0)
        return none(`no open pull request comes from ${headRepository}, branch ${headBranch}`);
    const [pull, ...others] = same.filter(({ head }) => head.sha === headSha);
    if (pull === undefined) {
        return none(`pull request ${same[0].number} has moved on from ${headSha.slice(0, 12)}: the result is out of date`);
    }
    return { kind: 'found', others: others.map((other) => other.number), pullRequest: describe(pull) };
}
/**
 * The pull request of a number that somebody gave. It is taken only where it is open, and its head is the commit that
 * was measured: a number alone proves nothing.
 */
async function readPullRequest(client, request) {
    const { repository, number, headSha } = request;
    const answer = await client.request({
        purpose: `read pull request ${number}`,
        permission: 'pull-requests: read',
        route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
        parameters: { ...repository, pull_number: number },
        schema: pullSchema
    });
    if (!answer.ok)
        return { kind: 'failed', reason: answer.failure.message };
    const pull = answer.data;
    if (pull.state !== 'open')
        return none(`pull request ${number} is ${pull.state}`);
    if (pull.head.sha !== headSha) {
        return none(`the head of pull request ${number} is not the commit that was measured, ${headSha.slice(0, 12)}`);
    }
    return { kind: 'found', others: [], pullRequest: describe(pull) };
}
function describe({ number, head, base }) {
    const headRepository = head.repo?.full_name;
    return {
        number,
        headSha: head.sha,
        headRef: head.ref,
        ...(headRepository !== undefined && { headRepository }),
        baseRef: base.ref,
        baseSha: base.sha,
        isFork: headRepository === undefined || !sameName(headRepository, base.repo.full_name)
    };
}
function sameName(a, b) {
    return a?.toLowerCase() === b.toLowerCase();
}
function none(reason) {
    return { kind: 'none', reason };
}

/** Of an input that is refused: a file pasted by mistake must not fill the log. */
const MAX_SHOWN = 100;
/**
 * Turns the texts of inputs into values. Problems are collected, so that a workflow with three mistakes is told of three.
 */
class InputReader {
    env;
    defaults;
    problems = [];
    constructor(env, defaults) {
        this.env = env;
        this.defaults = defaults;
    }
    /** The text, trimmed as the toolkit does; the default of action.yml where the runner has set nothing. */
    text(name) {
        return (this.env[environmentName(name)] ?? this.defaults[name] ?? '').trim();
    }
    /** undefined where it is empty. */
    optional(name) {
        const text = this.text(name);
        return text === '' ? undefined : text;
    }
    /** YAML's core schema, as everywhere in GitHub Actions. */
    boolean(name) {
        const text = this.text(name);
        if (/^(?:true|True|TRUE)$/.test(text))
            return true;
        if (!/^(?:false|False|FALSE)$/.test(text))
            this.refuse(name, text, 'true or false');
        return false;
    }
    choice(name, choices) {
        const text = this.text(name);
        const chosen = choices.find((choice) => choice === text);
        if (chosen === undefined)
            this.refuse(name, text, listOf(choices), didYouMean(text, [...choices]));
        return chosen ?? choices[0];
    }
    /** undefined where it is empty. */
    optionalChoice(name, choices) {
        return this.text(name) === '' ? undefined : this.choice(name, choices);
    }
    /** Of a list with commas or line ends; undefined where it is empty. */
    choices(name, choices) {
        const texts = this.text(name)
            .split(/[,\n]/)
            .map((text) => text.trim())
            .filter((text) => text !== '');
        const chosen = texts.flatMap((text) => {
            const choice = choices.find((known) => known === text.toLowerCase());
            if (choice === undefined)
                this.refuse(name, text, listOf(choices), didYouMean(text, [...choices]));
            return choice ?? [];
        });
        return texts.length === 0 ? undefined : [...new Set(chosen)];
    }
    number(name, { min, max, whole }) {
        const text = this.text(name);
        const value = Number(text);
        const plain = whole ? /^\d+$/ : /^\d+(?:\.\d+)?$/;
        if (plain.test(text) && value >= min && value <= max)
            return value;
        this.refuse(name, text, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
        return min;
    }
    /** @throws ConfigurationError with every input that was refused */
    finish() {
        if (this.problems.length === 0)
            return;
        throw new ConfigurationError(this.problems.map((message) => ({ message })), "correct the step's `with:`");
    }
    refuse(name, given, allowed, hint = '') {
        const shown = given.length > MAX_SHOWN ? `${given.slice(0, MAX_SHOWN)}…` : given;
        this.problems.push(`input ${name}: ${JSON.stringify(shown)} is not ${allowed}${hint}`);
    }
}
/** `INPUT_<NAME>`: upper case, spaces become underscores, hyphens stay; the runner's own rule. */
function environmentName(input) {
    return `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`;
}
/** Inputs in the environment that the action does not have: a typing mistake leaves a default in force. */
function unknownInputs(env, known) {
    const names = new Set(known.map(environmentName));
    return Object.keys(env)
        .filter((name) => name.startsWith('INPUT_') && !names.has(name.toUpperCase()))
        .map((name) => name.slice('INPUT_'.length).toLowerCase())
        .map((name) => `there is no input ${JSON.stringify(name)}${didYouMean(name, [...known])}: it is ignored`);
}
function listOf(choices) {
    return choices.length === 1 ? choices[0] : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** Names of the inputs of action.yml and report/action.yml; a test holds the files to them. */
const INPUT = {
    config: 'config',
    workingDirectory: 'working-directory',
    outputDir: 'output-dir',
    executionProvider: 'execution-provider',
    precisions: 'precisions',
    shard: 'shard',
    merge: 'merge',
    timeoutMinutes: 'timeout-minutes',
    failOn: 'fail-on',
    githubToken: 'github-token',
    comment: 'comment',
    reportId: 'report-id',
    annotations: 'annotations',
    maxAnnotations: 'max-annotations',
    jobSummary: 'job-summary',
    checkName: 'check-name',
    baseline: 'baseline',
    baselineArtifact: 'baseline-artifact',
    cache: 'cache',
    cacheDir: 'cache-dir',
    cacheKeyPrefix: 'cache-key-prefix',
    runtimePath: 'runtime-path',
    runtimeRegistry: 'runtime-registry',
    dryRun: 'dry-run',
    artifact: 'artifact',
    prNumber: 'pr-number'
};
/** The artifact that holds a gate's report, where no input names it. */
function artifactName(reportId) {
    return `precision-gate-${reportId}`;
}
/** Names of the outputs of both actions. */
const OUTPUT = {
    conclusion: 'conclusion',
    passed: 'passed',
    accuracyFp32: 'accuracy-fp32',
    accuracyFp16: 'accuracy-fp16',
    accuracyInt8: 'accuracy-int8',
    accuracyDrop: 'accuracy-drop',
    worstLayer: 'worst-layer',
    reportPath: 'report-path',
    summaryFile: 'summary-file',
    cacheHit: 'cache-hit',
    cacheKey: 'cache-key',
    commentId: 'comment-id',
    checkUrl: 'check-url',
    runtimeVersion: 'runtime-version'
};

/** When a pull request gets its first comment; one that is there is always kept up to date. */
const COMMENT_POLICIES = ['always', 'changes', 'on-failure', 'off'];
/** What makes the step fail. A gate that could not judge does in any case. */
const FAIL_ON = ['error', 'warning', 'never'];

/** Longer names are no names; the marker of the comment holds it. */
const MAX_NAME = 200;
/** The inputs that both actions have: what is said on GitHub, and where. */
function readPublishSettings(read) {
    const checkName = read.optional(INPUT.checkName);
    return {
        token: read.text(INPUT.githubToken),
        comment: read.choice(INPUT.comment, COMMENT_POLICIES),
        reportId: reportId(read),
        maxAnnotations: read.number(INPUT.maxAnnotations, { min: 0, max: limits.check.annotationsPerCall, whole: true }),
        jobSummary: read.boolean(INPUT.jobSummary),
        ...(checkName !== undefined && { checkName }),
        dryRun: read.boolean(INPUT.dryRun)
    };
}
function reportId(read) {
    const text = read.text(INPUT.reportId);
    const wrong = text === '' || text.length > MAX_NAME || /\p{Cc}/u.test(text);
    if (wrong)
        read.refuse(INPUT.reportId, text, `a name of 1 to ${MAX_NAME} characters without line ends`);
    return text;
}

/** No line is a workflow command but those that are meant to be. */
function createLog(write) {
    return {
        debug: (message) => write(formatCommand('debug', message)),
        info: (message) => write(`${safeLog(message)}\n`),
        warning: (message) => write(formatCommand('warning', message)),
        async grouped(title, work) {
            group(title, write);
            try {
                return await work();
            }
            finally {
                endGroup(write);
            }
        }
    };
}
/** Remembers whether an error was shown: a step needs one, and not the same one twice. */
function watchErrors(write) {
    let shown = false;
    return {
        write: (text) => {
            if (/^::error[ :]/m.test(text))
                shown = true;
            return write(text);
        },
        shown: () => shown
    };
}

/** GitHub's API as this program calls it. */
function clientFor({ token, context, log, clientOptions }) {
    return createClient({
        token,
        apiUrl: context.apiUrl,
        userAgent: `${TOOL.name}/${TOOL.version}`,
        log,
        ...clientOptions
    });
}

/**
 * The end of the step: the gate's verdict, seen through `fail-on`. A gate that could not judge fails in any case; a
 * failure of GitHub does not appear here.
 */
function statusOf({ exitCode, finding }, failOn) {
    if (finding.kind === 'none')
        return { exitCode, message: finding.reason };
    const { conclusion, reasons, verdicts, shard } = finding.result;
    const [message = conclusion] = reasons;
    // A finished part of a test set: the step that merges all of them has the verdict.
    if (shard !== undefined)
        return { exitCode };
    if (conclusion === 'error')
        return { exitCode, message };
    if (failOn === 'never')
        return { exitCode: ExitCode.pass };
    if (exitCode !== ExitCode.pass)
        return { exitCode, message };
    if (failOn === 'error')
        return { exitCode: ExitCode.pass };
    if (conclusion === 'inconclusive')
        return { exitCode: ExitCode.inconclusive, message };
    const warning = verdicts.find(({ status }) => status === 'warn' || status === 'inconclusive');
    return warning === undefined
        ? { exitCode: ExitCode.pass }
        : { exitCode: ExitCode.limitBroken, message: warning.message };
}

/** @returns undefined where no check run was asked for, or GitHub did not take it. */
async function sendCheck(publication) {
    const { content, settings, context, destination, client, log } = publication;
    const { checkName: name, reportId } = settings;
    if (name === undefined)
        return undefined;
    if (settings.token === '') {
        log.info('no check run: there is no github-token (the job needs `checks: write`)');
        return undefined;
    }
    // A check run shows an annotation at a line of a file, or not at all.
    const placed = settings.annotations
        ? content.annotations.filter(({ file, line }) => file !== undefined && line !== undefined)
        : [];
    const outcome = await createCheck(client, {
        repository: destination.repository,
        name,
        headSha: destination.headSha,
        conclusion: conclusionOf(content),
        title: content.title,
        summary: content.check,
        annotations: placed,
        ...(context.runId > 0 && { detailsUrl: context.runUrl }),
        externalId: `${context.runId}/${context.runAttempt}/${reportId}`
    });
    if (outcome.kind !== 'created') {
        log[outcome.kind === 'denied' && context.pullRequest?.isFork === true ? 'info' : 'warning'](`no check run: ${outcome.reason}`);
        return undefined;
    }
    if (outcome.warning !== undefined)
        log.warning(`the check run lacks annotations: ${outcome.warning}`);
    log.info(`check run ${name}: ${outcome.url}`);
    return { url: outcome.url, shown: new Set(placed.slice(0, outcome.annotations)) };
}
/** Annotations that no check run shows, as commands to the runner. */
function printAnnotations({ content, settings, write }, shown) {
    if (!settings.annotations || settings.annotationCommands === false)
        return;
    annotate(content.annotations.filter((annotation) => !shown.has(annotation)), { max: settings.maxAnnotations, write });
}
function conclusionOf({ conclusion, strict }) {
    switch (conclusion) {
        case 'success':
            return 'success';
        case 'inconclusive':
            return strict === true ? 'failure' : 'neutral';
        case 'failure':
        case 'error':
            return 'failure';
    }
}

/** @returns the id of the comment that now says what there is to say; undefined where there is none. */
async function sendComment(publication) {
    const { content, settings, context, destination, client, log } = publication;
    const { pullRequest: number, repository } = destination;
    if (settings.comment === 'off')
        return undefined;
    if (number === undefined) {
        log.info(`no comment: ${context.eventName || 'this run'} is not about a pull request`);
        return undefined;
    }
    if (settings.token === '') {
        log.info('no comment: there is no github-token (the job needs `pull-requests: write`)');
        return undefined;
    }
    const outcome = await upsertComment(client, {
        repository,
        number,
        reportId: settings.reportId,
        run: { id: context.runId, attempt: context.runAttempt },
        body: content.comment,
        onlyUpdate: !deservesFirst(settings.comment, content)
    });
    tell(outcome, publication, number);
    return 'id' in outcome && outcome.kind !== 'deleted' ? outcome.id : undefined;
}
/** Whether a pull request without a comment gets one. */
function deservesFirst(policy, { conclusion, baseline }) {
    switch (policy) {
        case 'always':
            return true;
        case 'changes':
            return conclusion !== baseline;
        case 'on-failure':
            return conclusion !== 'success';
        case 'off':
            return false;
    }
}
function tell(outcome, { context, settings, log }, number) {
    switch (outcome.kind) {
        case 'created':
        case 'updated':
        case 'unchanged':
            return log.info(`comment ${outcome.kind}: ${outcome.url}`);
        case 'superseded':
            return log.info(`the comment is left alone: run ${outcome.by.id} is later than this one, ${outcome.url}`);
        case 'absent':
        case 'deleted':
            return log.info(`no comment on pull request ${number}: \`comment: ${settings.comment}\` asks for none here`);
        case 'denied':
            // On a fork's pull request that is how it should be, and no remark on the run is due.
            return context.pullRequest?.isFork === true
                ? log.info(`no comment: ${outcome.reason}. docs/forks.md has a second workflow that may comment`)
                : log.warning(`no comment: ${outcome.reason}`);
        case 'failed':
            return log.warning(`no comment: ${outcome.reason}`);
    }
}

const VERDICT = {
    success: 'Passed',
    failure: 'Failed',
    inconclusive: 'Inconclusive',
    error: 'Could not judge'
};
const MAX_TITLE = 200;
function contentOf({ finding, settings, context, destination }) {
    const { reportId, checkName, maxAnnotations } = settings;
    const links = {
        reportId,
        serverUrl: context.serverUrl,
        ...(context.runId > 0 && { runUrl: context.runUrl }),
        ...(destination.headSha !== '' && { sha: destination.headSha })
    };
    if (finding.kind === 'none') {
        const text = renderUnjudged(finding, links);
        const title = 'Precision gate: could not judge';
        const annotations = [{ level: 'error', title, message: finding.reason }];
        const heading = titleOf('error', finding.reason);
        return { conclusion: 'error', title: heading, comment: text, check: text, summary: text, annotations };
    }
    const { result } = finding;
    const { conclusion, baseline, onInconclusive } = result;
    return {
        conclusion,
        strict: onInconclusive === 'fail',
        ...(baseline?.conclusion !== undefined && { baseline: baseline.conclusion }),
        title: titleOf(conclusion, result.reasons[0]),
        comment: renderComment(result, { ...links, marked: false }),
        check: checkName === undefined ? '' : renderSummary(result, { ...links, maxBytes: limits.check.maxSummaryBytes }),
        summary: renderSummary(result, links),
        annotations: annotationsOf(result, { maxPerLevel: maxAnnotations })
    };
}
function titleOf(conclusion, reason) {
    const text = reason === undefined ? VERDICT[conclusion] : `${VERDICT[conclusion]}: ${reason}`;
    const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
    const characters = Array.from(line);
    return characters.length <= MAX_TITLE ? line : `${characters.slice(0, MAX_TITLE - 1).join('')}…`;
}

/**
 * Says on GitHub what the gate found: job summary, annotations, comment, check run. Nothing here throws, and no failure
 * of GitHub changes the verdict.
 */
async function publish(options) {
    const { settings, env, log } = options;
    const client = clientFor({ ...options, token: settings.token });
    const publication = { ...options, content: contentFor(options), client };
    /** Each part by itself: what goes wrong in one is said, and costs the others nothing. */
    const attempt = async (what, act) => {
        try {
            return await act();
        }
        catch (error) {
            log.warning(`${what} failed: ${messageOf(error)}`);
            return undefined;
        }
    };
    if (settings.jobSummary) {
        await attempt('writing the job summary', async () => {
            const written = await writeSummary(env, publication.content.summary);
            if (written.kind === 'skipped')
                log.warning(`no job summary: ${written.reason}`);
        });
    }
    if (settings.dryRun) {
        await attempt('the dry run', () => print(publication));
        return {};
    }
    const commentId = await attempt('the comment', () => sendComment(publication));
    const check = await attempt('the check run', () => sendCheck(publication));
    await attempt('writing annotations', () => printAnnotations(publication, check?.shown ?? new Set()));
    return {
        ...(commentId !== undefined && { commentId }),
        ...(check !== undefined && check.url !== '' && { checkUrl: check.url })
    };
}
function contentFor(options) {
    try {
        return contentOf(options);
    }
    catch (error) {
        options.log.warning(`the report cannot be rendered: ${messageOf(error)}`);
        const text = renderUnjudged({ reason: `The report cannot be rendered: ${messageOf(error)}`, log: [] });
        const title = 'The report cannot be rendered';
        return { conclusion: 'error', title, comment: text, check: text, summary: text, annotations: [] };
    }
}
/** What would be sent, as text: not a line of it is a command to the runner. */
function print({ content, settings, destination, write }) {
    const section = (title, text) => {
        group(`dry run, not sent: ${title}`, write);
        write(`${safeLog(text.trimEnd())}\n`);
        endGroup(write);
    };
    if (settings.comment !== 'off' && destination.pullRequest !== undefined) {
        section(`comment on pull request ${destination.pullRequest}`, content.comment);
    }
    if (settings.checkName !== undefined) {
        section(`check run ${settings.checkName}`, `${content.title}\n\n${content.check}`);
    }
    if (settings.annotations && content.annotations.length > 0) {
        const lines = content.annotations.map(({ level, file = '', line, title, message }) => `${level} ${file}:${line ?? ''} ${title}: ${message}`);
        section('annotations', lines.join('\n'));
    }
}

export { readPullRequest as A, runUrl as B, FAIL_ON as F, InputReader as I, OUTPUT as O, reportMisfortune as a, INPUT as b, readPublishSettings as c, artifactName as d, saveBaseline as e, baselineKey as f, restoreBaseline as g, baselinePrefix as h, downloadBaseline as i, clientFor as j, createChildOutput as k, limits as l, safeLog as m, maskSecret as n, readContext as o, statusOf as p, watchErrors as q, restoreEntry as r, saveEntry as s, createLog as t, unknownInputs as u, publish as v, writeOutputs as w, downloadArtifact as x, contentOf as y, resolvePullRequest as z };
