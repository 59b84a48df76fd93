using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace KestraGitHub.IntegrationTests.GitHub;

/// <summary>One event as it was once sent.</summary>
internal sealed record PayloadExample(string Event, int Number, JsonObject Payload)
{
    public override string ToString() => $"{Event} {Number}";
}

/// <summary>The payloads that Octokit collected, taken from their npm package when they are wanted; no part of this repository.</summary>
internal static class PayloadExamples
{
    private const string Package = "@octokit/webhooks-examples@7.6.1";
    private const string Index = "package/api.github.com/index.json";

    public static async Task<IReadOnlyList<PayloadExample>> FetchAsync()
    {
        var folder = Directory.CreateTempSubdirectory("kestra-github-payloads-");
        try
        {
            await PackAsync(folder.FullName);
            await using var file = folder.GetFiles("*.tgz").Single().OpenRead();
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(unzipped);
            while (await tar.GetNextEntryAsync() is { } entry)
                if (entry.Name == Index) return [.. Read(JsonNode.Parse(entry.DataStream!)!.AsArray())];
            throw new InvalidOperationException($"{Package} has no {Index}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<PayloadExample> Read(JsonArray events) =>
        events.SelectMany(e => e!["examples"]!.AsArray().Select((payload, i) => new PayloadExample((string)e["name"]!, i, payload!.AsObject())));

    private static async Task PackAsync(string folder)
    {
        var start = new ProcessStartInfo("npm", ["pack", Package, "--silent", "--pack-destination", folder]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using var npm = Process.Start(start)!;
        var (said, complained) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm pack {Package} ended with {npm.ExitCode}; the tests need npm and its registry.\n{await said}{await complained}");
    }
}
