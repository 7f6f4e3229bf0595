# Importance and error by R's randomForest on points that anyone can draw again: the numbers that
# tests/unit/test_forest.py compares with. `Rscript benchmarks/random_forest.R` (package randomForest).
# Twelve drivers on 0 to 1 from irrational rotations, the last six close to the first six, and a response
# of four of them.
suppressMessages(library(randomForest))
n <- 300
rotation <- sqrt(c(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37))
turn <- sapply(rotation, function(step) (1:n * step) %% 1)
x <- cbind(turn[, 1:6], 0.7 * turn[, 1:6] + 0.3 * turn[, 7:12])
y <- 400 + 120 * x[, 1] - 80 * x[, 2]^2 + 60 * x[, 3] * x[, 4] + 30 * sin(50 * turn[, 12])

runs <- sapply(1:20, function(seed) {
  set.seed(seed)
  forest <- randomForest(x, y, importance = TRUE)  # 500 trees, mtry 4, node size 5
  scaled <- pmax(importance(forest, type = 1, scale = TRUE)[, 1], 0)
  c(forest$mse[500], 100 * scaled / sum(scaled))
})
cat("mean of 20 seeds: error, then shares [%]\n", round(rowMeans(runs), 3), "\n")
cat("standard deviation\n", round(apply(runs, 1, sd), 3), "\n")
