@org.jspecify.annotations.NullMarked
package dev.insitu.server.inference;
