package org.bilateralbrain.grid;

import java.util.Optional;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.nn.Backbone;

/**
 * One trained network in the results.
 *
 * @param left the left hemisphere's backbone, if there is a left hemisphere
 * @param right likewise
 * @param job what produces it; several cells can have the same
 */
public record Cell(
    Model model, String variant, Optional<Backbone> left, Optional<Backbone> right, long seed, Job job) {}
