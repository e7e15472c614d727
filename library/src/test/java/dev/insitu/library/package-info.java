/** Tests of the library, and packages for the tests of whoever builds on it. */
package dev.insitu.library;
