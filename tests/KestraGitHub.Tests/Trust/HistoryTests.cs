using System.Diagnostics;
using System.Globalization;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Trust;

/// <summary>
/// Random histories of edits on both sides, runs, refusals, crashes, people who meddle, and undone runs, against a reference model. A history that goes wrong is
/// told by its seed: <c>KESTRA_GITHUB_SEED=n KESTRA_GITHUB_HISTORIES=1</c> plays it again.
/// </summary>
public sealed class HistoryTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g"];

    [Fact]
    public void Whatever_happens_the_core_does_what_the_model_says()
    {
        var first = Number("KESTRA_GITHUB_SEED", 1);
        var count = Number("KESTRA_GITHUB_HISTORIES", 1000);
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + count && watch.Elapsed.TotalSeconds < Number("KESTRA_GITHUB_SECONDS", int.MaxValue); seed++)
        {
            try
            {
                Play(seed);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"history {seed} went wrong (KESTRA_GITHUB_SEED={seed} KESTRA_GITHUB_HISTORIES=1):\n{e.Message}");
            }
        }
    }

    private static void Play(int seed)
    {
        var random = new Random(seed);
        var policy = new SyncPolicy(Pick(random, WhenMissing.Keep, WhenMissing.Delete), false, [], null)
        {
            OnConflict = Pick(random, OnConflict.Source, OnConflict.Target, OnConflict.Fail), OnDrift = Pick(random, OnDrift.Overwrite, OnDrift.Report), DeletesByDefault = random.Next(3) == 0,
        };
        var rules = new SafetyRules { MaxDeletes = random.Next(1, 4), MaxDeletePercent = Pick(random, 20, 50, 100) };
        var (world, model, texts) = (new SmallWorld(policy, rules), new ReferenceModel(), 0);
        for (var step = 0; step < 25; step++)
        {
            var name = Pick(random, Names);
            switch (random.Next(9))
            {
                case 0 or 1: Both(world.Git, model.Git, name, Text()); break;
                case 2: Both(world.Git, model.Git, name, null); break;
                case 3: Rename(name, Pick(random, Names)); break;
                case 4: Both(world.Kestra, model.Kestra, name, Text()); break;
                case 5: Both(world.Kestra, model.Kestra, name, Pick(random, null, Text())); break;
                default: RunOnce(); break;
            }
        }

        string Text() => string.Create(CultureInfo.InvariantCulture, $"id: x\nnamespace: prod\ntext: {texts++}\n");

        void Rename(string from, string to)
        {
            if (!model.Git.TryGetValue(from, out var text) || from == to) return;
            Both(world.Git, model.Git, to, text);
            Both(world.Git, model.Git, from, null);
        }

        void RunOnce()
        {
            var before = model.Kestra.ToDictionary();
            var verdict = model.Judge(policy, rules);
            var mishap = random.Next(3) == 0 && verdict.Writes.Count > 0 ? new Mishap(Pick(random, Enum.GetValues<MishapKind>()), random.Next(verdict.Writes.Count)) : null;
            string? meddled = null;
            if (mishap is { Kind: MishapKind.SomebodyElse })
            {
                meddled = Pick(random, Names);
                var text = Text();
                mishap = mishap with { Meddle = () => world.Kestra[meddled] = text };
            }

            var end = world.Run(mishap, newRun: true);
            // The next worker goes on with the same run, until it gets through or is put back.
            while (end == RunEnd.Crashed) end = world.Run(random.Next(3) == 0 ? new Mishap(MishapKind.Crashed, random.Next(3)) : null, newRun: false);
            var expected = verdict switch { { Blocked: true } => RunEnd.Blocked, { Waits: true } => RunEnd.Waits, _ => RunEnd.Succeeded };
            if (mishap is { Kind: not MishapKind.Crashed } && expected == RunEnd.Succeeded && end == RunEnd.PutBack)
            {
                if (meddled is not null) model.Kestra[meddled] = world.Kestra[meddled];
            }
            else
            {
                Same(expected, end, "the run's end");
                if (end == RunEnd.Succeeded) Take(verdict);
                // Who meddled with an object that the run had passed, or does not speak of, has the last word.
                if (end == RunEnd.Succeeded && meddled is not null && mishap!.Meddle is not null && world.Kestra.TryGetValue(meddled, out var left)) model.Kestra[meddled] = left;
            }

            Same(Told(model.Kestra), Told(world.Kestra), $"what Kestra holds after a run that ended {end}");
            foreach (var (name, text) in before)
                if (world.Kestra.GetValueOrDefault(name) != text && name != meddled) Assert.True(world.Copies.Contains(text), $"{name} ({text.Trim()}) was lost without a copy");
            if (end == RunEnd.Succeeded && mishap is null) UndoSometimes(before, verdict);
        }

        void Take(ReferenceModel.Verdict verdict)
        {
            foreach (var (name, text) in verdict.Writes)
                if (text is null) model.Kestra.Remove(name);
                else model.Kestra[name] = text;
            model.Applied.Clear();
            foreach (var (name, applied) in verdict.Applied) model.Applied[name] = applied;
            var plan = world.LastPlan!;
            // A crash in the middle shares the writes out over two attempts: the last one's plan has the rest.
            Assert.All(plan.Writes, c => Assert.True(verdict.Writes.ContainsKey(c.Key.Id), $"{c.Key.Id} was written"));
        }

        void UndoSometimes(Dictionary<string, string> before, ReferenceModel.Verdict verdict)
        {
            Same(verdict.Writes.Count, world.LastPlan!.Writes.Count(), "the number of writes");
            if (random.Next(4) > 0 || verdict.Writes.Count == 0) return;
            var edited = random.Next(2) == 0 ? verdict.Writes.Keys.First() : null;
            if (edited is not null) Both(world.Kestra, model.Kestra, edited, Text());
            world.Undo();
            foreach (var name in verdict.Writes.Keys)
                if (name != edited) Both(null, model.Kestra, name, before.GetValueOrDefault(name));
            Same(Told(model.Kestra), Told(world.Kestra), "what Kestra holds after the undo");
        }
    }

    private static void Both(Dictionary<string, string>? one, SortedDictionary<string, string> other, string name, string? text)
    {
        if (text is null)
        {
            one?.Remove(name);
            other.Remove(name);
            return;
        }

        if (one is not null) one[name] = text;
        other[name] = text;
    }

    private static string Told(IEnumerable<KeyValuePair<string, string>> texts) => string.Join(" | ", texts.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value.Split(": ")[^1].Trim()}"));

    private static void Same<T>(T expected, T actual, string what) => Assert.True(Equals(expected, actual), $"{what}: expected {expected}, and it is {actual}");

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
