package org.bilateralbrain.train;

/** What one attempt at a job tells the rest of the world while it is under way. */
record Attempt(ProgressListener listener, TrainingCheckpoints checkpoints) {}
