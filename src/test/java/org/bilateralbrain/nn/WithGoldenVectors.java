package org.bilateralbrain.nn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Skips a test class where there are no golden vectors, or not their images. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
    named = "BILATERAL_GOLDEN",
    matches = ".+",
    disabledReason = "no golden vectors given")
@EnabledIfEnvironmentVariable(
    named = "BILATERAL_CIFAR100",
    matches = ".+",
    disabledReason = "no archive of CIFAR-100 given")
public @interface WithGoldenVectors {}
