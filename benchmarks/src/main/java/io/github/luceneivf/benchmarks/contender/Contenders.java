// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.quantization.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All contenders of this process's class path. */
public final class Contenders {

  private Contenders() {}

  /** Returns the contenders of this module, then those of providers. */
  public static List<Contender> all() {
    List<Contender> all = new ArrayList<>();
    Encoding.all().forEach(encoding -> all.add(new IvfContender(encoding)));
    all.add(new ExactContender());
    all.add(HnswContender.float32());
    all.add(HnswContender.bit8());
    all.add(HnswContender.bit1());
    all.add(new FaissContender());
    ServiceLoader.load(ContenderProvider.class)
        .forEach(provider -> all.addAll(provider.contenders()));
    return all;
  }

  /**
   * Returns a contender.
   *
   * @throws IllegalArgumentException if none has the name
   */
  public static Contender named(String name) {
    for (Contender contender : all()) {
      if (contender.name().equals(name)) {
        return contender;
      }
    }
    throw new IllegalArgumentException(
        "contender must be one of "
            + all().stream().map(Contender::name).toList()
            + ", got: "
            + name);
  }
}
