/** Tests over real connections; bytes are always compared. */
package dev.insitu.server;
