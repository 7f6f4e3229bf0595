# CPU seconds that R's randomForest and ranger take for 500 trees on a table with the response y, for peers.py.
suppressMessages({library(randomForest); library(ranger)})
table <- read.csv(commandArgs(trailingOnly = TRUE)[1])
x <- table[names(table) != "y"]
least <- function(grow) min(sapply(1:5, function(i) sum(system.time(grow(), gcFirst = TRUE)[1:2])))
cat(sprintf("%.3f %.3f\n",
  least(function() randomForest(x, table$y)),
  least(function() ranger(x = x, y = table$y, min.node.size = 5, num.threads = 1))))
