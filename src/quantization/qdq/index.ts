export { insertQdq, type QdqOptions } from './insert.js'
