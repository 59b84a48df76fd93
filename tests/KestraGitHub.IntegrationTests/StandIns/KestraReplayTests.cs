using KestraGitHub.StandIns.Kestra;

namespace KestraGitHub.IntegrationTests.StandIns;

/// <summary>The stand-in is only worth its tests while it answers like the real servers once did.</summary>
public sealed class KestraReplayTests
{
    private static readonly string[] Families =
        ["auth", "bulk", "byids", "dash", "draft", "ee", "export", "find", "flow", "import", "kv", "limits", "live", "moved", "nsfile", "probe", "search", "validate"];

    [Theory]
    [InlineData("1.3")]
    [InlineData("2.0")]
    public async Task The_stand_in_answers_like_the_recordings(string version)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Recordings");
        var known = (await File.ReadAllLinesAsync(Path.Combine(folder, $"known-{version}.txt"))).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0).ToHashSet();
        var options = new KestraStandInOptions { Version = version };
        await using var standIn = await KestraStandIn.StartAsync(options);
        using var replay = new RecordingReplay(standIn.BaseUrl, options.Username, options.Password);
        var steps = new List<RecordingReplay.Step>();
        foreach (var file in Directory.GetFiles(Path.Combine(folder, version), "*.jsonl").Order(StringComparer.Ordinal))
        {
            if (Families.Contains(Path.GetFileName(file).Split('.')[0]))
            {
                steps.AddRange(await replay.PlayAsync(file));
            }
        }

        var failed = steps.Where(s => s.Differences.Count > 0).ToList();
        var unexpected = failed.Where(s => !known.Contains(s.Name)).Select(s => $"{s.Name}: {string.Join(" | ", s.Differences.Take(6))}").ToList();
        Assert.True(steps.Count > 800, $"only {steps.Count} steps found in {folder}");
        Assert.True(unexpected.Count == 0, $"{unexpected.Count} of {steps.Count} steps differ:\n" + string.Join('\n', unexpected));
        Assert.True(steps.Count - failed.Count >= 0.95 * steps.Count, $"{failed.Count} of {steps.Count} steps differ, known ones counted");
    }
}
