# Predictions of left-out places by R's gstat, fields, mgcv and ranger, for benchmarks/peers.py.
# `Rscript peers.R tasks.csv predictions.csv` (Debian: r-cran-gstat, r-cran-fields, r-cran-mgcv, r-cran-ranger).
# tasks.csv: field, fold, x, y, value, perhaps elevation; predictions.csv: a row of tasks and a peer each,
# with mean, standard error (sd) or quantiles (low, high), and the CPU seconds of its fold.
suppressMessages({library(gstat); library(sp); library(fields); library(mgcv); library(ranger)})
paths <- commandArgs(trailingOnly = TRUE)
tasks <- read.csv(paths[1])
high <- "elevation" %in% names(tasks)

gaussian <- function(mean, sd) data.frame(mean = mean, low = mean - 1.645 * sd, high = mean + 1.645 * sd)

peers <- list(
  gstat = function(known, new) { # spherical, its own initial values and weights; elevation as external drift
    trend <- if (high) value ~ elevation else value ~ 1
    coordinates(known) <- coordinates(new) <- ~ x + y
    fitted <- fit.variogram(variogram(trend, known), vgm("Sph"))
    kriged <- krige(trend, known, new, fitted, debug.level = 0)
    gaussian(kriged$var1.pred, sqrt(pmax(kriged$var1.var, 0)))
  },
  fields = function(known, new) { # thin-plate spline by generalized cross validation
    z <- if (high) known["elevation"] else NULL
    spline <- Tps(known[c("x", "y")], known$value, Z = z, give.warnings = FALSE)
    at <- new[c("x", "y")]
    mean <- predict(spline, at, Z = if (high) new["elevation"] else NULL)
    # without covariates: predictSE does not take those of a Tps in all versions
    surface <- if (high) 0 else predictSE(spline, at)
    gaussian(as.numeric(mean), sqrt(surface^2 + spline$tauHat.GCV^2))
  },
  mgcv = function(known, new) {
    k <- min(60, nrow(known) %/% 3)
    smooth <- gam(if (high) value ~ s(x, y, k = k) + s(elevation) else value ~ s(x, y, k = k),
      data = known, method = "REML")
    at <- predict(smooth, new, se.fit = TRUE)
    gaussian(as.numeric(at$fit), as.numeric(sqrt(at$se.fit^2 + smooth$sig2)))
  },
  ranger = function(known, new) { # a forest on the coordinates
    drivers <- c("x", "y", if (high) "elevation")
    forest <- ranger(x = known[drivers], y = known$value, quantreg = TRUE, num.threads = 1, seed = 1)
    quantiles <- predict(forest, new[drivers], type = "quantiles", quantiles = c(0.05, 0.95), num.threads = 1)
    data.frame(mean = predict(forest, new[drivers], num.threads = 1)$predictions,
      low = quantiles$predictions[, 1], high = quantiles$predictions[, 2])
  }
)

rows <- list()
for (task in split(seq_len(nrow(tasks)), paste(tasks$field, tasks$fold))) {
  inside <- tasks[task, ]
  known <- tasks[tasks$field == inside$field[1] & tasks$fold != inside$fold[1], ]
  for (peer in names(peers)) {
    start <- sum(proc.time()[1:2])
    found <- tryCatch(suppressWarnings(peers[[peer]](known, inside)), error = function(e) {
      message(peer, ", ", inside$field[1], ", fold ", inside$fold[1], ": ", conditionMessage(e))
      data.frame(mean = rep(NA, nrow(inside)), low = NA, high = NA)
    })
    found$cpu_s <- sum(proc.time()[1:2]) - start
    rows[[length(rows) + 1]] <- cbind(inside[c("field", "fold")], row = task, peer = peer, found)
  }
}
write.csv(do.call(rbind, rows), paths[2], row.names = FALSE)
