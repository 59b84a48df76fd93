using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KestraGitHub.Definitions;
using KestraGitHub.IntegrationTests.Conformance;
using KestraGitHub.IntegrationTests.EndToEnd;
using KestraGitHub.Reconciliation;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.Kestra;
using KestraGitHub.Tests.Trust;

namespace KestraGitHub.IntegrationTests.Trust;

/// <summary>
/// The random histories of the core again, by the service itself: over real Git, the stand-in Kestra and the database. One that goes wrong is told by its seed:
/// <c>KESTRA_GITHUB_SEED=n KESTRA_GITHUB_REAL_HISTORIES=1</c> plays it again.
/// </summary>
public sealed class RealHistoryTests
{
    private const int AtOnce = 4;
    private const int Runs = 4;
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];

    [Fact]
    public async Task Whatever_happens_the_service_does_what_the_model_says()
    {
        var (first, count) = (Number("KESTRA_GITHUB_SEED", 1), Number("KESTRA_GITHUB_REAL_HISTORIES", 50));
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
        {
            if (watch.Elapsed.TotalSeconds > Number("KESTRA_GITHUB_SECONDS", int.MaxValue)) return;
            try
            {
                await using var history = await History.BeginAsync(seed);
                await history.PlayAsync();
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"history {seed} went wrong (KESTRA_GITHUB_SEED={seed} KESTRA_GITHUB_REAL_HISTORIES=1):\n{e.Message}");
            }
        });
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private sealed class History(int seed, SyncCase one) : IAsyncDisposable
    {
        private readonly Random _random = new(seed);
        private readonly ReferenceModel _model = new();
        private SyncPolicy _policy = null!;
        private SafetyRules _rules = null!;
        private int _texts;

        public static async Task<History> BeginAsync(int seed) => new(seed, await SyncCase.StartAsync(seed % 2 == 0 ? "2.0" : "1.3"));

        public ValueTask DisposeAsync() => one.DisposeAsync();

        public async Task PlayAsync()
        {
            var delete = _random.Next(3) > 0;
            _policy = new SyncPolicy(delete ? WhenMissing.Delete : WhenMissing.Keep, false, [], null)
            {
                OnConflict = Pick(OnConflict.Source, OnConflict.Target, OnConflict.Fail), OnDrift = Pick(OnDrift.Overwrite, OnDrift.Report),
            };
            _rules = new SafetyRules { MaxDeletes = _random.Next(1, 3), MaxDeletePercent = Pick(20, 50, 100) };
            await one.DefineAsync(one.Task($"targetNamespace: prod\ndelete: {(delete ? "true" : "false")}"), string.Create(CultureInfo.InvariantCulture, $$"""
                x-kestra-github:
                  onConflict: {{Word(_policy.OnConflict)}}
                  onDrift: {{Word(_policy.OnDrift)}}
                  maxDeletes: {{_rules.MaxDeletes}}
                  maxDeletePercent: {{_rules.MaxDeletePercent}}
                """));
            foreach (var name in Names[..4]) _model.Git[name] = Text(name);
            for (var run = 0; run < Runs; run++)
            {
                for (var edits = _random.Next(run == 0 ? 2 : 5); edits > 0; edits--) Edit();
                Commit();
                if (!await RunAsync()) return;
            }
        }

        private void Edit()
        {
            var name = Pick(Names);
            switch (_random.Next(6))
            {
                case 0 or 1: _model.Git[name] = Text(name); break;
                case 2: _model.Git.Remove(name); break;
                case 3 or 4: Put(name, Text(name)); break;
                default: Put(name, null); break;
            }
        }

        private void Put(string name, string? text)
        {
            if (text is not null)
            {
                _model.Kestra[name] = text;
                one.Kestra.State.PutFlow(text);
            }
            else if (_model.Kestra.Remove(name))
            {
                Assert.True(one.Kestra.State.DeleteFlow("prod", name), $"{name} was not there");
            }
        }

        private void Commit()
        {
            // The directory stays, whatever is left in it.
            var files = new Dictionary<string, SandboxFile> { ["_flows/notes.md"] = string.Create(CultureInfo.InvariantCulture, $"{_texts}") };
            foreach (var (name, text) in _model.Git) files[$"_flows/{name}.yaml"] = text;
            one.Commit(files);
        }

        /// <returns>False at the end of the story: a run was undone.</returns>
        private async Task<bool> RunAsync()
        {
            var before = _model.Kestra.ToDictionary();
            var verdict = _model.Judge(_policy, _rules);
            var refused = _random.Next(4) == 0 && verdict is { Blocked: false, Waits: false } && verdict.Writes.Count > 0;
            if (refused) one.Kestra.Faults.Add(new FaultRule { Effect = FaultEffect.Status, Status = 422, Method = Method(verdict), PathContains = "/flows", After = Method(verdict) == "POST" ? 1 : 0, Count = 1 });

            // Asked for by force: a commit that failed before would not be tried again without a change.
            using var answer = await one.Service.Http.PostAsJsonAsync($"/api/v1/main/syncs/{one.Namespace}/{one.Name}/runs", new { force = true });
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            var id = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>();
            var run = await SettledAsync(id);
            one.Kestra.Faults.Clear();
            if (verdict.Waits)
            {
                Assert.Equal("waiting for approval", $"{run.State} for {run.Json["waitingFor"]}");
                Same(before, "a plan that waits");
                if (_random.Next(2) == 0) return true; // the next run takes its place
                using var approved = await one.Service.Http.PostAsync($"/api/v1/runs/{id}/approve", null);
                Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
                run = await one.EndAsync(id);
            }

            Assert.True((verdict.Blocked || refused ? "failed" : "succeeded") == run.State, $"{run}");
            if (run.State == "failed")
            {
                Same(before, "a run that failed");
                Assert.Equal("", run.Written);
                return true;
            }

            foreach (var (name, text) in verdict.Writes)
                if (text is null) _model.Kestra.Remove(name);
                else _model.Kestra[name] = text;
            _model.Applied.Clear();
            foreach (var (name, applied) in verdict.Applied) _model.Applied[name] = applied;
            Same(_model.Kestra, $"a run that got through ({run})");
            Assert.Equal(verdict.Writes.Count, run.Count("added") + run.Count("updated") + run.Count("deleted"));
            if (_random.Next(4) > 0 || verdict.Writes.Count == 0) return true;
            await UndoAsync(id, before);
            return false;
        }

        private async Task UndoAsync(string id, Dictionary<string, string> before)
        {
            using var answer = await one.Service.Http.PostAsync($"/api/v1/runs/{id}/undo", null);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            (await one.EndAsync((await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!.GetValue<string>())).Succeeded();
            Same(before, "an undone run");
        }

        private string Method(ReferenceModel.Verdict verdict) =>
            verdict.Writes.Any(w => w.Value is not null && !_model.Kestra.ContainsKey(w.Key)) ? "POST" : verdict.Writes.Any(w => w.Value is not null) ? "PUT" : "DELETE";

        private async Task<Run> SettledAsync(string id)
        {
            Run? run = null;
            await Wait.UntilAsync(
                async () => (run = new Run((await one.Service.Http.GetFromJsonAsync<JsonNode>($"/api/v1/runs/{id}"))!)).Ended || run.Json["waitingFor"]?.GetValue<string>() == "approval",
                TimeSpan.FromSeconds(120), () => $"the run did not end: {run}");
            return run!;
        }

        private void Same(IReadOnlyDictionary<string, string> expected, string after)
        {
            var held = one.Kestra.State.ListFlows().Where(f => f.Namespace == "prod").ToDictionary(f => f.Id, f => f.Source);
            Assert.True(expected.Count == held.Count && expected.All(e => held.GetValueOrDefault(e.Key) == e.Value), $"after {after} Kestra holds\n{Told(held)}\ninstead of\n{Told(expected)}");
        }

        private static string Told(IEnumerable<KeyValuePair<string, string>> texts) =>
            string.Join(" | ", texts.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value.Split(": ")[^1].Trim()}"));

        private string Text(string name) => SyncCase.Flow(name, message: string.Create(CultureInfo.InvariantCulture, $"n{_texts++}"));

        private static string Word<T>(T value) where T : Enum => value.ToString().ToLowerInvariant();

        private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
    }
}
