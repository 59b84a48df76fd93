using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using KestraGitHub.Definitions;
using KestraGitHub.Kestra;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github import</c>: the sync flows that a Kestra runs today, as definitions of this service. Writes nothing to Kestra.</summary>
internal static class ImportCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var (frame, kestra) = (new CommandFrame(), new KestraSideOptions());
        var folder = new Argument<string?>("folder") { Description = "The folder of definitions to write to. Without it nothing is written.", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force") { Description = "Overwrite files that are there and differ." };
        var command = frame.Create(
            "import", "Find the flows of a Kestra that hold git tasks, and write each as a definition: 3 when one needs mending, 4 when a file would be overwritten.", settings,
            async (result, screen, form, ct) =>
            {
                await using var own = StandAlone.Create(settings, kestra.SettingsOf(result));
                var server = await own.Servers.ConnectAsync(KestraSideOptions.TargetOf(own.Kestra), ct);
                await screen.Errors.WriteLineAsync($"Reading the flows of tenant {server.Target.Tenant} at {server.Target.Url.GetLeftPart(UriPartial.Path)} …");
                var environment = OwnEnvironment.AnywhereOf(server.Target.Tenant);
                var flows = (await server.Client.ExportFlowsAsync(Scope.Tenant(new KindSet(ResourceKind.Flow)), ct)).Select(f => TextOf(f.Source)).OfType<string>()
                    .Select(text => (Text: text, Found: ImportedFlow.Of(text, environment))).Where(f => f.Found is not null)
                    .Select(f => (f.Text, Found: f.Found!)).OrderBy(f => f.Found.File, StringComparer.Ordinal).ToList();
                var definitions = flows.Where(f => f.Found.State != ImportedFlow.Left);
                if (result.GetValue(folder) is { } path)
                    ImportedFiles.Write([.. definitions.Select(f => (Path.Combine(Path.GetFullPath(path), f.Found.File), f.Text))], result.GetValue(force));
                Print([.. flows.Select(f => f.Found)], result.GetValue(folder), form, screen);
                return flows.Exists(f => f.Found.State == ImportedFlow.Faulty) ? ExitCodes.Invalid : ExitCodes.Ok;
            });
        command.Arguments.Add(folder);
        command.Options.Add(force);
        kestra.AddTo(command);
        return command;
    }

    private static void Print(IReadOnlyList<ImportedFlow> flows, string? folder, OutputForm form, Screen screen)
    {
        if (form == OutputForm.Github)
            foreach (var (flow, fault) in flows.SelectMany(f => f.Faults.Select(x => (f, x)))) ReportPrinter.Annotate("error", $"{flow.Namespace}/{flow.Flow}", fault.ToString(), screen);
        else if (form != OutputForm.Text) Listing.Print(Json(flows), form, screen, _ => []);
        if (form != OutputForm.Text) return;
        foreach (var flow in flows) Tell(flow, screen);
        var counts = flows.CountBy(f => f.State).ToDictionary();
        screen.Out.WriteLine($"{counts.GetValueOrDefault(ImportedFlow.Ready)} ready, {counts.GetValueOrDefault(ImportedFlow.Faulty)} to be mended, {counts.GetValueOrDefault(ImportedFlow.Left)} stay in Kestra");
        if (flows.All(f => f.State == ImportedFlow.Left)) return;
        screen.Errors.WriteLine(folder is null
            ? "Nothing was written: name a folder to write them to."
            : $"Written to {folder}. Both would run now: disable the triggers of these flows in Kestra once the service has taken over (docs/moving-over.md).");
    }

    private static void Tell(ImportedFlow flow, Screen screen)
    {
        var (color, name) = (flow.State switch { ImportedFlow.Ready => 32, ImportedFlow.Faulty => 31, _ => 90 }, $"{flow.Namespace}/{flow.Flow}");
        screen.Out.WriteLine(screen.Colored(Screen.Plain($"{flow.State,-6}  {name}: {string.Join(", ", flow.Tasks)}{(flow.Disabled ? " (disabled)" : "")}"), color));
        if (flow.Why is { } why) Detail(why);
        foreach (var secret in flow.Secrets) Detail(NeedOf(secret, $"SECRET_{secret.ToUpperInvariant()}"));
        foreach (var hook in flow.Webhooks) Detail($"webhook: https://<the service>{hook}");
        foreach (var fault in flow.Faults) Detail($"not supported: {fault}");
        foreach (var warning in flow.Warnings) Detail($"note: {warning}");

        void Detail(string text) => screen.Out.WriteLine("        " + Screen.Plain(text));
    }

    private static string NeedOf(string secret, string variable)
    {
        if (EnvironmentSecrets.Secret(secret) is not null) return $"uses {variable}, which is set here";
        return $"needs {variable} (base64) in the environment of the service{(EnvironmentSecrets.IsSet(secret) ? "; here it is set, and is no base64" : "")}";
    }

    private static JsonArray Json(IReadOnlyList<ImportedFlow> flows) => System.Text.Json.JsonSerializer.SerializeToNode(flows, System.Text.Json.JsonSerializerOptions.Web)!.AsArray();

    /// <summary>Null for bytes that are no text: Kestra itself could not have read them as a flow.</summary>
    private static string? TextOf(ReadOnlyMemory<byte> source)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(source.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
