@org.jspecify.annotations.NullMarked
package dev.insitu.runtime.protocol;
