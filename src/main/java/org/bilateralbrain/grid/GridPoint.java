package org.bilateralbrain.grid;

import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * One network in the results.
 *
 * @param model as in the tables
 * @param left the left hemisphere's backbone, if there is a left hemisphere
 * @param right likewise
 * @param seed of the left hemisphere where there are two, of the first network of an ensemble
 * @param seedRight of the right hemisphere, of the last network of an ensemble
 * @param heads its heads
 * @param job produces it; several grid points can share a job
 */
public record GridPoint(
    String model,
    String variant,
    Optional<Backbone> left,
    Optional<Backbone> right,
    long seed,
    long seedRight,
    List<Head> heads,
    Job job) {}
