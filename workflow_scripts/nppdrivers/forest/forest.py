"""Random forest regression as R's randomForest computes it."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import pandas as pd

from nppdrivers.forest.growth import grow_tree, sorted_rows
from nppdrivers.forest.kernels import Trees, error_increase, mean_of_trees, out_of_bag_sums
from nppdrivers.forest.prediction import CodedTrees, predict_rows

BLOCK = 65536  # rows predicted at a time: bounds the memory
FEW = 2048  # rows that are predicted sooner one by one than the trees are coded


class Forest:
    """Random forest for regression (Breiman 2001) with the choices of R's randomForest.

    Every tree is grown on n rows drawn with replacement; rows drawn twice count twice towards the node size.
    Trees depend on the order of values alone, and cuts lie in the middle between the two values that they
    divide. Constant columns are no choice at a split: where all columns tried are constant, others are.

    Parameters
    ----------
    trees
        Number of trees.
    mtry
        Columns tried at a split; ``max(columns // 3, 1)`` by default.
    node_size
        Nodes of up to so many drawn rows are not split.
    seed
        Seed of all random choices: equal seeds give equal bytes.

    Attributes
    ----------
    features_ : list
        Column names (numbers where X has none).
    mtry_ : int
        Columns tried at a split.
    trees_ : Trees
        The trees as flat arrays.

    References
    ----------
    Breiman (2001), Machine Learning 45:5. Liaw & Wiener (2002), R News 2(3):18.

    Examples
    --------
    A response that follows the first of two drivers:

    >>> import numpy as np
    >>> from nppdrivers import forest
    >>> drivers = np.random.default_rng(0).uniform(size=(200, 2))
    >>> fitted = forest.Forest(trees=100, seed=0).fit(drivers, 3 * drivers[:, 0])
    >>> fitted.predict(np.array([[0.2, 0.5], [0.8, 0.5]])).round(1)
    array([0.6, 2.4])
    >>> print(f"{fitted.permutation_importance()['share'].iloc[0]:.0f} % of the importance")
    97 % of the importance
    """

    def __init__(self, trees: int = 500, mtry: int | None = None, node_size: int = 5, seed: int = 0) -> None:
        if trees < 1 or node_size < 1 or (mtry is not None and mtry < 1):
            raise ValueError(
                f"trees, mtry and node_size must be at least 1, not {trees}, {mtry}, {node_size}"
            )
        self.trees, self.mtry, self.node_size, self.seed = trees, mtry, node_size, seed

    def fit(self, X: np.ndarray | pd.DataFrame, y: np.ndarray) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X
            Predictors (n, p) [any units].
        y
            Response (n,) [any unit].

        Returns
        -------
        Forest
            Itself.

        Raises
        ------
        ValueError
            For NaN or infinite values, shapes that do not match, fewer than 2 rows, mtry above p.
        """
        self.features_ = list(X.columns) if isinstance(X, pd.DataFrame) else list(range(np.shape(X)[-1]))
        self._X, self._y = _checked(X, y, self.features_)
        n, columns = len(self._y), self._X.shape[1]
        self.mtry_ = default_mtry(columns) if self.mtry is None else self.mtry
        if self.mtry_ > columns:
            raise ValueError(f"mtry {self.mtry_} is more than the {columns} columns of X")
        by_column, order = np.ascontiguousarray(self._X.T), sorted_rows(self._X)
        rng = np.random.default_rng([self.seed, 0])
        self._in_bag = np.zeros((self.trees, n), dtype=bool)
        grown = []
        for tree in range(self.trees):
            rows, seed = rng.integers(0, n, size=n), int(rng.integers(2**31))
            self._in_bag[tree, rows] = True
            grown.append(grow_tree(by_column, order, self._y, rows, self.mtry_, self.node_size, seed))
        self.trees_ = _joined(grown)
        # computed when they are first asked for: replicates and folds ask for neither, or for few rows
        self._out_of_bag: np.ndarray | None = None
        self._coded: CodedTrees | None = None
        return self

    @property
    def oob_prediction_(self) -> np.ndarray:
        """Mean of the trees grown without a row [unit of y]; NaN where there is none."""
        if self._out_of_bag is None:
            total, count = out_of_bag_sums(self._X, self._in_bag, self.trees_)
            self._out_of_bag = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return self._out_of_bag

    @property
    def oob_mse_(self) -> float:
        """Mean squared out-of-bag error [unit of y, squared]; NaN where no row is out of any bag."""
        squares = (self._y - self.oob_prediction_) ** 2
        return float(np.nanmean(squares)) if np.isfinite(squares).any() else np.nan

    @property
    def oob_r2_(self) -> float:
        """``1 - oob_mse_ / var(y)``, var with divisor n [-]; NaN for a constant y."""
        variance = np.var(self._y)
        return float(1 - self.oob_mse_ / variance) if variance > 0 else np.nan

    def predict(self, X: np.ndarray | pd.DataFrame) -> np.ndarray:
        """Predict by the mean of the trees for every row.

        The value of a row does not depend on the other rows. Memory is bounded by a block of rows, and blocks
        of neighbouring cells of a map are quickest.

        Parameters
        ----------
        X
            Predictors (n, p) in the columns and units of the fit.

        Returns
        -------
        (n,) float64
            Prediction [unit of y]; NaN for a row with a missing predictor.

        Raises
        ------
        ValueError
            For another number of columns, or other column names, than in the fit.
        """
        if isinstance(X, pd.DataFrame) and list(X.columns) != self.features_:
            raise ValueError(
                f"X has the columns {list(X.columns)}, the forest was fitted on {self.features_}"
            )
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != len(self.features_):
            raise ValueError(f"X must be (rows, {len(self.features_)}), not {X.shape}")
        prediction = np.full(X.shape[0], np.nan)
        for start in range(0, X.shape[0], BLOCK):
            block = np.ascontiguousarray(X[start : start + BLOCK], dtype=np.float64)
            complete = np.isfinite(block).all(axis=1)
            prediction[start : start + BLOCK][complete] = self._predict(block[complete])
        return prediction

    def _predict(self, rows: np.ndarray) -> np.ndarray:
        """Mean of the trees for complete rows, the same bytes either way."""
        if len(rows) < FEW and self._coded is None:
            return mean_of_trees(rows, self.trees_)
        if self._coded is None:
            self._coded = CodedTrees.of(self.trees_, len(self.features_))
        return predict_rows(rows, self._coded)

    def permutation_importance(self, groups: Mapping[str, Sequence] | None = None) -> pd.DataFrame:
        """Rise of the out-of-bag error when a column is permuted among the out-of-bag rows of every tree.

        ``d_t = (SSE permuted - SSE) / n_oob`` of tree t, ``raw = mean d``,
        ``se = sqrt((mean d^2 - raw^2) / trees)``, ``scaled = raw / se`` (R's %IncMSE). The shares are
        those of scaled, with 0 for negative values; they sum to 100.

        Parameters
        ----------
        groups
            Columns to be permuted together, by name of the group; every column alone by default.

        Returns
        -------
        DataFrame
            One row a column in the order of X (or a group): raw and se [unit of y, squared], scaled [-] (0
            where no tree uses the column), share [%] (NaN where none is positive).

        Raises
        ------
        ValueError
            For a group with a column that the forest was not fitted on.

        References
        ----------
        Breiman (2001), Machine Learning 45:5, section 10. Liaw & Wiener (2002), R News 2(3):18.
        """
        members = {name: [name] for name in self.features_} if groups is None else groups
        unknown = {column for columns in members.values() for column in columns} - set(self.features_)
        if unknown:
            raise ValueError(f"the forest was fitted on {self.features_}, without {sorted(unknown, key=str)}")
        mask = np.array([[feature in columns for feature in self.features_] for columns in members.values()])
        rng = np.random.default_rng([self.seed, 1])
        rises = []
        for tree, in_bag in enumerate(self._in_bag):
            rows = np.flatnonzero(~in_bag)
            if rows.size:
                shuffled = rng.permuted(np.tile(rows, (len(mask), 1)), axis=1)
                rises.append(error_increase(self._X, self._y, rows, shuffled, mask, self.trees_, tree))
        return _importance_table(np.array(rises).reshape(-1, len(mask)), list(members))


def default_mtry(columns: int) -> int:
    """Drivers tried at a split where nothing else is asked for: a third of all, at least one."""
    return max(columns // 3, 1)


def _checked(X: np.ndarray | pd.DataFrame, y: np.ndarray, names: list) -> tuple[np.ndarray, np.ndarray]:
    X, y = np.ascontiguousarray(X, dtype=np.float64), np.ascontiguousarray(y, dtype=np.float64)
    if X.ndim != 2 or y.shape != X.shape[:1] or len(y) < 2:
        raise ValueError(f"X must be (n, p) and y (n,) with n >= 2, not {X.shape} and {y.shape}")
    bad = [name for name, column in zip(names, X.T, strict=True) if not np.isfinite(column).all()]
    if bad or not np.isfinite(y).all():
        raise ValueError(f"missing values in {bad or 'y'}: drop those rows before fitting")
    return X, y


def _joined(grown: list[Trees]) -> Trees:
    """Trees one after another in flat arrays, their children numbered over all trees."""
    feature, cut, left, right = (
        np.concatenate(part) for part in zip(*(tree[:4] for tree in grown), strict=True)
    )
    sizes = [tree.feature.size for tree in grown]
    root = np.concatenate([[0], np.cumsum(sizes)])
    first = np.repeat(root[:-1], sizes)
    return Trees(feature, cut, (left + first).astype(np.int32), (right + first).astype(np.int32), root)


def _importance_table(rises: np.ndarray, names: list) -> pd.DataFrame:
    raw = rises.mean(axis=0)
    se = np.sqrt(np.maximum((rises**2).mean(axis=0) - raw**2, 0) / len(rises))
    scaled = np.divide(raw, se, out=np.zeros_like(raw), where=se > 0)
    positive = np.maximum(scaled, 0)
    share = positive / positive.sum() * 100 if positive.any() else np.full_like(raw, np.nan)
    return pd.DataFrame(
        {"raw": raw, "se": se, "scaled": scaled, "share": share}, index=pd.Index(names, name="feature")
    )
