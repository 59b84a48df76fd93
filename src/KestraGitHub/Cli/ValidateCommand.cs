using System.CommandLine;
using KestraGitHub.Definitions;
using KestraGitHub.Runs;

namespace KestraGitHub.Cli;

/// <summary>
/// <c>kestra-github validate PATH</c>: what the service would say of these definitions. <c>validate --from DIR</c>: what is wrong with what a checkout
/// holds, by what Git alone shows, and by Kestra where one is named.
/// </summary>
internal static class ValidateCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var (frame, source) = (new CommandFrame(), new SourceOptions());
        var path = new Argument<string?>("path") { Description = "A definition, or a folder of them.", Arity = ArgumentArity.ZeroOrOne };
        var command = frame.Create(
            "validate", "Check definitions (PATH) as the service would load them, or what a checkout holds (--from): with Kestra's own validation where Kestra is named.",
            settings, (result, screen, form, ct) =>
            {
                if (result.GetValue(path) is not { } given)
                    return source.NamesSource(result)
                        ? CheckAsync(source, result, settings, form, screen, ct)
                        : throw new CommandFault(ExitCodes.Invalid, "Say what to check: a PATH with definitions, or --from DIR with --definition or --namespace.");
                GivenOptions.Refuse($"'{given}'", source.Given(result), "Definitions (PATH) are checked by themselves, and a checkout by options.");
                return Task.FromResult(Run(given, form, screen));
            });
        command.Arguments.Add(path);
        source.AddTo(command);
        return command;
    }

    public static int Run(string path, OutputForm form, Screen screen)
    {
        if (!File.Exists(path) && !Directory.Exists(path)) throw new CommandFault(ExitCodes.Error, $"{path}: no such file or folder");
        var root = File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path))! : Path.GetFullPath(path);
        var catalog = DefinitionFiles.LoadFolder(path, OwnEnvironment.Anywhere);
        var broken = catalog.Entries.Count(e => e.Broken);
        if (form == OutputForm.Text) Tell(catalog, broken, screen);
        else
            ReportPrinter.Print(
                new CommandReport(
                    broken == 0 ? "valid" : "invalid", root, null, null, null, null, new(Unchanged: catalog.Entries.Count - broken, Invalid: broken), [])
                {
                    // Annotations name files from where the command stands: that is the checkout.
                    Faults = [.. catalog.Entries.SelectMany(e => e.Faults).Select(f => f with { File = Path.GetRelativePath(".", Path.Combine(root, f.File)) })],
                }, form, screen);
        return broken == 0 ? ExitCodes.Ok : ExitCodes.Invalid;
    }

    private static void Tell(DefinitionCatalog catalog, int broken, Screen screen)
    {
        foreach (var entry in catalog.Entries)
        {
            foreach (var fault in entry.Faults) screen.Errors.WriteLine(Screen.Plain(fault.ToString()));
            foreach (var warning in entry.Definition?.Warnings ?? []) screen.Out.WriteLine(Screen.Plain($"warning: {warning}"));
            if (!entry.Broken) screen.Out.WriteLine(Screen.Plain($"{entry.File}: {entry.Key}, {entry.Definition!.Tasks.Count} tasks"));
        }

        screen.Out.WriteLine($"{catalog.Entries.Count} definitions, {broken} broken");
    }

    private static async Task<int> CheckAsync(
        SourceOptions source, ParseResult result, IReadOnlyList<string> settings, OutputForm form, Screen screen, CancellationToken ct)
    {
        await using var own = StandAlone.Create(settings, source.SettingsOf(result));
        var asks = own.Kestra.Url is { Length: > 0 };
        var environment = asks ? OwnEnvironment.Of(own.Kestra) : OwnEnvironment.Anywhere;
        var tasks = CheckoutSync.Render(source.DefinitionOf(result, environment), source.TaskOf(result), environment);
        var (folder, workTree) = (source.FolderOf(result), source.WorkTreeOf(result));
        if (!asks)
        {
            await screen.Errors.WriteLineAsync("No Kestra is named (--kestra-url, Kestra__Url): only what Git shows is checked.");
            var found = CheckoutReports.Checked(Path.GetFullPath(folder), await own.Checkout.ReadAsync(tasks, folder, workTree, ct));
            ReportPrinter.Print(found, form, screen);
            return found.Counts.Invalid > 0 ? ExitCodes.Invalid : ExitCodes.Ok;
        }

        if (source.NamesKestra(result)) tasks = [.. tasks.Select(t => t with { Kestra = environment.Targets[""] })];
        foreach (var task in tasks) OwnEnvironment.Require(task.Kestra.Auth);
        var report = CheckoutReports.Planned(Path.GetFullPath(folder), await own.Checkout.PlanAsync(tasks, folder, workTree, ct));
        var invalid = report.Changes.Where(c => c.Action == "invalid").ToList();
        ReportPrinter.Print(report with { State = invalid.Count > 0 ? "invalid" : "valid", Changes = invalid, Error = null }, form, screen);
        return invalid.Count > 0 ? ExitCodes.Invalid : ExitCodes.Ok;
    }
}
