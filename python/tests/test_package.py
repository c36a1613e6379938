"""What belongs to Python: errors, interruption, what is freed when, arrays, threads and processes."""

import gc
import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import numpy as np
import pandas as pd

import abscopal
from abscopal import _trial
from common import ROOT, SHORT, SIX_ARMS, six_arms


class Errors(unittest.TestCase):
    def test_places(self):
        text = abscopal.read_trial(ROOT / SIX_ARMS).text
        with self.assertRaises(abscopal.BadInput) as caught:
            abscopal.trial_from_text(text.replace("dose: 240 mg", "dose: 240 mgg", 1), ROOT / "protocols/mine.yaml")
        error = caught.exception
        line = next(number for number, line in enumerate(text.splitlines(), 1) if "dose: 240 mg" in line)
        self.assertEqual((error.file, error.line), (str(ROOT / "protocols/mine.yaml"), line))
        self.assertGreater(error.column, 0)
        self.assertIn("did you mean 'mg'?", error.message)
        self.assertEqual(str(error), f"{error.file}:{line}:{error.column}: {error.message}")
        self.assertIsInstance(error, ValueError)
        self.assertIsInstance(error, abscopal.Error)

    def assert_bad(self, words, call):
        with self.assertRaises(abscopal.BadInput) as caught:
            call()
        self.assertIn(words, str(caught.exception))

    def test_arguments(self):
        trial = abscopal.read_trial(SHORT)
        for name, value in (("patients", 0), ("patients", -1), ("patients", 2**64), ("patients", 1.5),
                            ("patients", True),
                            ("seed", -1), ("seed", 2**63), ("threads", -2), ("only_patient", 0), ("max_steps", 0),
                            ("course_every_days", -7), ("course_every_days", float("nan")), ("max_seconds", 0),
                            ("relative_tolerance", 1), ("engine", "euler")):
            self.assert_bad("", lambda: abscopal.run(trial, progress=False, **{name: value}))
        self.assert_bad("there is no arm 'none'; the arms are 'two visits'",
                        lambda: abscopal.simulate(trial, arm="none"))
        self.assert_bad("did you mean 'diameter'?", lambda: six_arms()["diametre"])
        self.assert_bad("course_every_days", lambda: abscopal.run(trial, patients=1)["course_drug"])
        self.assert_bad("there is no 'cisplatin'", lambda: trial.replace("cisplatin", "nivolumab"))
        self.assert_bad("zero byte", lambda: abscopal.trial_from_text("name: \0"))
        self.assert_bad("cannot be opened", lambda: abscopal.read_trial("no-such-trial.yaml"))
        self.assert_bad("no such file comes with abscopal", lambda: abscopal.shipped("no-such-trial.yaml"))

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "out.h5"
            results = abscopal.run(SHORT, patients=1)
            results.write(path)
            before = path.read_bytes()
            self.assert_bad("replace=True", lambda: results.write(path))
            results.write(path, replace=True)
            self.assertEqual(path.read_bytes(), before)
            with self.assertRaises(abscopal.OutputFailed):
                results.write(pathlib.Path(folder) / "none/out.h5")
            self.assertEqual(os.listdir(folder), ["out.h5"])
            path.write_bytes(before[:len(before) // 2])
            self.assert_bad("out.h5", lambda: abscopal.read_results(path))
            self.assert_bad("not an HDF5 file", lambda: abscopal.read_results(SHORT))

    def test_failing_patient(self):
        with self.assertRaises(abscopal.NotIntegrated):
            abscopal.simulate(SHORT, max_steps=3)
        results = abscopal.run(SHORT, patients=3, max_steps=3)
        self.assertEqual(results.patient_counts()["not_integrated"], 3)
        self.assertEqual(set(results.patients()["status"]), {"not_integrated"})
        self.assertIn("patient 1", results.failures())
        self.assertTrue(np.isnan(results.diameters).all())


class Stopping(unittest.TestCase):
    def run_with(self, progress):
        return abscopal.run(ROOT / SIX_ARMS, patients=400, progress=progress)

    def test_ctrl_c(self):
        """Handlers are as before, and the run is over before its courses are."""
        calls = []

        def press(finished, total, seconds):
            calls.append((finished, total))
            if len(calls) == 1:
                signal.raise_signal(signal.SIGINT)

        handler = signal.getsignal(signal.SIGINT)
        self.assertIs(handler, signal.default_int_handler)
        with self.assertRaises(KeyboardInterrupt) as caught:
            self.run_with(press)
        self.assertIsInstance(caught.exception, abscopal.Interrupted)
        self.assertNotIsInstance(caught.exception, Exception)
        self.assertIs(signal.getsignal(signal.SIGINT), handler)
        self.assertLess(calls[-1][0], calls[-1][1])

    def test_told(self):
        with self.assertRaises(abscopal.Interrupted):
            self.run_with(lambda finished, total, seconds: True)

    def test_error_in_progress(self):
        def fail(finished, total, seconds):
            raise LookupError("of our own")

        with self.assertRaisesRegex(LookupError, "of our own"):
            self.run_with(fail)

    def test_progress(self):
        calls = []
        results = abscopal.run(SHORT, patients=8, progress=lambda *call: calls.append(call))
        self.assertEqual(calls[-1][:2], (16, 16))  # growth and one arm
        self.assertEqual([call[0] for call in calls], sorted(call[0] for call in calls))
        self.assertEqual(results.patient_counts().sum(), 8)


class Lifetimes(unittest.TestCase):
    def test_order(self):
        """Results are freed before their trial, each once, and not while anything of them is in use."""
        freed, names = [], ("abscopal_trial_free", "abscopal_results_free")
        originals = {name: getattr(_trial.library, name) for name in names}
        try:
            for name in names:
                setattr(_trial.library, name,
                        lambda pointer, name=name: (freed.append(name), originals[name](pointer)))
            results = abscopal.run(abscopal.read_trial(SHORT), patients=2)
            gc.collect()
            self.assertEqual(freed, [])
            diameters, before = results.diameters, results.diameters.tobytes()
            del results
            gc.collect()
            self.assertEqual(freed, list(reversed(names)))
            self.assertEqual(diameters.tobytes(), before)  # a copy
            with tempfile.TemporaryDirectory() as folder:
                abscopal.run(SHORT, patients=2).write(os.path.join(folder, "out.h5"))
                freed.clear()
                trial = abscopal.read_results(os.path.join(folder, "out.h5")).trial
            gc.collect()
            self.assertEqual(freed, [])
            self.assertEqual(trial.arms, ["two visits"])  # of results that nothing else holds
            del trial
            gc.collect()
            self.assertEqual(freed, ["abscopal_results_free"])  # which frees their own trial
        finally:
            for name in names:
                setattr(_trial.library, name, originals[name])

    def test_exit(self):
        """Objects that live to the end of the process do not hurt there."""
        done = subprocess.run([sys.executable, "-c", f"import abscopal; trial = abscopal.read_trial({str(SHORT)!r}); "
                               "results = abscopal.run(trial, patients=2); cycle = [results]; cycle.append(cycle)"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Arrays(unittest.TestCase):
    def test_names(self):
        diameters = six_arms().diameters
        self.assertEqual(diameters.dimensions, ("arm", "patient", "visit", "lesion"))
        self.assertEqual((diameters.units, diameters.name), ("mm", "diameter"))
        self.assertEqual(diameters.shape[2], len(six_arms().visits))
        for derived in (diameters[0], diameters[:, :, 0], diameters * 2, np.log(diameters)):
            self.assertIs(type(derived), np.ndarray)
        self.assertFalse(getattr(diameters.T, "dimensions", ()))  # which would be wrong
        self.assertIsInstance(np.nanmax(diameters), float)
        self.assertTrue(np.array_equal(pickle.loads(pickle.dumps(diameters)), diameters, equal_nan=True))

    def test_sums(self):
        """Sums of diameters are those of the lesions that the patient has."""
        sums, diameters = six_arms().sums_of_diameters, six_arms().diameters
        there = ~np.isnan(sums)
        self.assertGreater(there.sum(), 1000)
        np.testing.assert_allclose(np.nansum(diameters, axis=3)[there], sums[there], rtol=1e-14)

    def test_courses(self):
        results = six_arms()
        self.assertEqual(list(results.course_days[:3]), [0, 7, 14])
        courses = results.courses
        self.assertEqual(set(courses), {"sum_of_diameters", "lymphocytes", "drug", "pd1_occupancy", "cd8_density"})
        self.assertEqual(courses["drug"].dimensions, ("arm", "patient", "course_day"))
        self.assertTrue((np.nan_to_num(courses["drug"][results.arms.index("8 Gy x 3 alone")]) == 0).all())
        without = abscopal.run(SHORT, patients=1)
        self.assertEqual((without.courses, len(without.course_days)), ({}, 0))

    def test_xarray(self):
        try:
            dataset = six_arms().to_xarray()
        except ImportError:
            self.skipTest("xarray is not installed")
        of_arm = dataset["diameter"].sel(arm="nivolumab", patient=3)
        self.assertTrue(np.array_equal(of_arm, six_arms().diameters[0, 2], equal_nan=True))
        self.assertEqual(set(dataset.dims), set(dataset.coords))
        self.assertEqual(dataset["course_drug"].attrs["units"], "ug/mL")


class Trials(unittest.TestCase):
    def test_what_it_says(self):
        trial = abscopal.read_trial(ROOT / SIX_ARMS)
        self.assertEqual((len(trial.arms), trial.until_days), (6, 400))
        self.assertEqual(trial.text, (ROOT / SIX_ARMS).read_text())

    def test_shipped_from_elsewhere(self):
        with tempfile.TemporaryDirectory() as folder:
            here = os.getcwd()
            os.chdir(folder)
            try:
                self.assertEqual(abscopal.read_trial(SIX_ARMS).text, (ROOT / SIX_ARMS).read_text())
                self.assertTrue(abscopal.shipped("cohorts/advanced-nsclc.yaml").is_file())
            finally:
                os.chdir(here)

    def test_dict_and_replace(self):
        """Three times the same trial: edited as text, as a dict, and in a file."""
        edited = abscopal.read_trial(SHORT).replace("240 mg", "480 mg")
        arms = [{"name": "two visits",
                 "treatments": [{"drug": "nivolumab", "dose": "480 mg", "start": "0 d", "over": "30 min"}]}]
        plan = {"name": "command line", "model": "nsclc", "cohort": "cli-cohort.yaml", "until": "20 d",
                "imaging": {"every": "10 d"}, "arms": arms}
        of_dict = abscopal.trial_from_text(plan, SHORT)
        options = {"patients": 2, "course_every_days": 1}
        first, second = abscopal.run(edited, **options), abscopal.run(of_dict, **options)
        self.assertEqual(first.courses["drug"].tobytes(), second.courses["drug"].tobytes())
        base = abscopal.run(SHORT, **options).courses["drug"]
        # Twice the dose: at most twice the antibody, for what binds to its target has a limit.
        self.assertTrue((first.courses["drug"][:, :, 1:] > 1.9 * base[:, :, 1:]).all())


def _in_child(threads):
    try:
        return abscopal.run(SHORT, patients=2, threads=threads).diameters.tobytes()
    except abscopal.BadInput as error:
        return str(error)


class ThreadsAndProcesses(unittest.TestCase):
    def test_threads(self):
        """The same bits from one thread, from two, and from two runs at once."""
        wanted = six_arms().diameters.tobytes()
        found = {}

        def run(threads):
            found[threads] = abscopal.run(ROOT / SIX_ARMS, patients=len(six_arms()["patient"]), seed=5,
                                          threads=threads).diameters.tobytes()

        workers = [threading.Thread(target=run, args=(threads,)) for threads in (1, 2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(found, {1: wanted, 2: wanted})

    def test_fork(self):
        """A forked child has no threads to wait for: it is told so, unless it needs none."""
        wanted = abscopal.run(SHORT, patients=2, threads=2).diameters.tobytes()
        with multiprocessing.get_context("fork").Pool(1) as pool:
            self.assertIn("get_context('spawn')", pool.apply_async(_in_child, (None,)).get(60))
            self.assertEqual(pool.apply_async(_in_child, (1,)).get(60), wanted)

    def test_spawn(self):
        wanted = abscopal.run(SHORT, patients=2, threads=2).diameters.tobytes()
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            self.assertEqual(pool.apply_async(_in_child, (2,)).get(60), wanted)


class Finding(unittest.TestCase):
    def import_with(self, **environment):
        done = subprocess.run([sys.executable, "-c", "import abscopal; print(abscopal.library_path)"], check=False,
                              capture_output=True, text=True, env={**os.environ, **environment})
        return done.returncode, done.stdout + done.stderr

    def test_library(self):
        self.assertEqual(self.import_with(ABSCOPAL_LIBRARY=abscopal.library_path), (0, abscopal.library_path + "\n"))
        code, text = self.import_with(ABSCOPAL_LIBRARY="/no/such/library.so")
        self.assertEqual(code, 1)
        self.assertIn("ImportError: cannot load /no/such/library.so as libabscopal", text)
        self.assertIn("set ABSCOPAL_LIBRARY", text)
        code, text = self.import_with(ABSCOPAL_LIBRARY="libm.so.6")  # a library, but another
        self.assertEqual(code, 1)
        self.assertIn("cannot load libm.so.6 as libabscopal", text)

    def test_other_version(self):
        """A library that says it is of another version is not used."""
        with tempfile.TemporaryDirectory() as folder:
            source, library = os.path.join(folder, "other.c"), os.path.join(folder, "libother.so")
            pathlib.Path(source).write_text('const char *abscopal_version(void) { return "9.1.0"; }\n',
                                            encoding="utf-8")
            try:
                subprocess.run(["cc", "-shared", "-fPIC", source, "-o", library], check=True)
            except OSError:
                self.skipTest("there is no C compiler")
            code, text = self.import_with(ABSCOPAL_LIBRARY=library)
        self.assertEqual(code, 1)
        self.assertIn(f"libother.so is abscopal 9.1.0, but this package is for {abscopal.__version__}", text)


class Documentation(unittest.TestCase):
    def test_research_only(self):
        words = "Research use only. Not for treating patients."
        for text in (abscopal.__doc__, abscopal.Results.__doc__, (ROOT / "python/README.md").read_text(),
                     (ROOT / "docs/python.md").read_text()):
            self.assertIn(words, " ".join(text.replace("*", "").split()))
        self.assertIn("Research use only", str(six_arms()))

    def test_everything_is_documented(self):
        manual = (ROOT / "docs/python.md").read_text()
        for name in abscopal.__all__:
            self.assertTrue(getattr(abscopal, name).__doc__, name)
            self.assertIn(f"`{name}", manual.replace("abscopal.", ""), name)
        for name in dir(abscopal.Results):
            if not name.startswith("_"):
                self.assertTrue(getattr(abscopal.Results, name).__doc__, name)
                self.assertIn(f"`results.{name}", manual)
        frame = six_arms().summary()
        for column in frame.columns:
            stem = column.removesuffix("_lower").removesuffix("_upper").removesuffix("_count")
            self.assertIn(f"`{stem}`", manual)
        self.assertIsInstance(frame, pd.DataFrame)


if __name__ == "__main__":
    unittest.main()
