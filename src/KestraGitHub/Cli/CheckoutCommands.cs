using System.CommandLine;
using KestraGitHub.Definitions;
using KestraGitHub.Reconciliation;
using KestraGitHub.Runs;

namespace KestraGitHub.Cli;

/// <summary><c>plan</c>, <c>diff</c> and <c>apply</c>: a checkout against a Kestra, or the same asked of a running service.</summary>
internal static class CheckoutCommands
{
    public static Command Plan(IReadOnlyList<string> settings)
    {
        var (frame, source, service) = (new CommandFrame(), new SourceOptions(), new ServiceOptions());
        var file = new Option<string?>("--out") { Description = "Keep the plan in this file, for apply --plan." };
        var command = frame.Create("plan", "Say what bringing Kestra in step with a checkout would change. Writes nothing to Kestra.", settings, async (result, screen, form, ct) =>
        {
            if (AsksService(service, source, file, result)) return await service.RunAsync(result, screen, form, dryRun: true, detailed: true, ct);
            await using var own = Open(source, result, settings);
            var (runs, report, _) = await PlanAsync(own, source, result, ct);
            if (result.GetValue(file) is { } path && report.State == "planned") await report.SaveAsync(path, ct);
            ReportPrinter.Print(report, form, screen);
            return CodeOf(runs, report);
        });
        return With(command, source, service, file);
    }

    public static Command Diff(IReadOnlyList<string> settings)
    {
        var (frame, source) = (new CommandFrame(), new SourceOptions());
        var command = frame.Create("diff", "The same as plan, with the lines that differ.", settings, async (result, screen, form, ct) =>
        {
            await using var own = Open(source, result, settings);
            var (runs, report, _) = await PlanAsync(own, source, result, ct);
            ReportPrinter.Print(await CheckoutReports.WithDiffsAsync(report, runs, ct), form, screen);
            return CodeOf(runs, report);
        });
        source.AddTo(command);
        return command;
    }

    public static Command Apply(IReadOnlyList<string> settings)
    {
        var (frame, source, service) = (new CommandFrame(), new SourceOptions(), new ServiceOptions());
        var file = new Option<string?>("--plan") { Description = "Apply this plan and nothing else: refused (4) when the commit, or anything in Kestra that it is about, has moved." };
        var detailed = new Option<bool>("--detailed-exit-code") { Description = "End with 2 when something was changed; without it that is 0 as well." };
        var command = frame.Create("apply", "Bring Kestra in step with a checkout: planned and checked as a whole before the first write.", settings, async (result, screen, form, ct) =>
        {
            if (AsksService(service, source, file, result)) return await service.RunAsync(result, screen, form, dryRun: false, result.GetValue(detailed), ct);
            var stored = result.GetValue(file) is { } path ? CommandReport.Load(path) : null;
            await using var own = Open(source, result, settings);
            var (runs, report, rules) = await PlanAsync(own, source, result, ct, applies: true);
            if (ExitCodes.Of(runs.Select(r => r.Plan!)) is { } blocked)
            {
                ReportPrinter.Print(report, form, screen);
                return blocked;
            }

            if (stored is not null && CheckoutReports.Moved(stored, report) is { } moved)
                throw new CommandFault(ExitCodes.Conflict, $"The plan is stale: {moved}. Nothing was written. Make a new one.");
            // A plan that was kept was looked at.
            if (stored is null && ReasonsToLook(runs, rules) is { Count: > 0 } reasons)
            {
                var why = $"{string.Join(" ", reasons)} Nothing was written. Look at it with `plan --out FILE`, and apply what you saw with `apply --plan FILE`.";
                ReportPrinter.Print(report with { State = "blocked", Error = why }, form, screen);
                return ExitCodes.Blocked;
            }

            return await ApplyAsync(runs, source.FolderOf(result), form, screen, result.GetValue(detailed), ct);
        });
        With(command, source, service, file);
        command.Options.Add(detailed);
        return command;
    }

    /// <summary>As a service would wait for a person. Nothing is known of earlier runs here, so nothing counts as owned.</summary>
    private static IReadOnlyList<string> ReasonsToLook(IReadOnlyList<TaskRun> runs, SafetyRules rules) =>
        ApprovalRules.Reasons([.. runs.Where(r => !r.Task.DryRun).Select(r => new JudgedTask(r.Task.Policy, r.Plan, Inventory.Empty))], rules);

    private static async Task<int> ApplyAsync(IReadOnlyList<TaskRun> runs, string folder, OutputForm form, Screen screen, bool detailed, CancellationToken ct)
    {
        var done = new RunReport();
        var failure = await CheckoutSync.ApplyAsync(runs, done, ct);
        if (failure is OperationCanceledException && ct.IsCancellationRequested) failure = new CommandFault(ExitCodes.TimedOut, "It took too long and was stopped; what is listed was done.");
        ReportPrinter.Print(CheckoutReports.Of(failure is null ? "applied" : "failed", Path.GetFullPath(folder), runs, done.Rows, done.Counts, failure?.Message), form, screen);
        return failure is not null ? ExitCodes.Of(failure) : detailed && done.Counts.Changed > 0 ? ExitCodes.Changes : ExitCodes.Ok;
    }

    private static async Task<(IReadOnlyList<TaskRun> Runs, CommandReport Report, SafetyRules Rules)> PlanAsync(
        StandAlone own, SourceOptions source, ParseResult result, CancellationToken ct, bool applies = false)
    {
        var environment = OwnEnvironment.Of(own.Kestra);
        var definition = source.DefinitionOf(result, environment);
        if (applies && definition.Disabled) throw new CommandFault(ExitCodes.Blocked, $"{definition.File} is disabled. Remove `disabled: true` from it; plan works all the same.");
        var tasks = CheckoutSync.Render(definition, source.TaskOf(result), environment);
        if (source.NamesKestra(result)) tasks = [.. tasks.Select(t => t with { Kestra = environment.Targets[""] })];
        foreach (var task in tasks) OwnEnvironment.Require(task.Kestra.Auth);
        var runs = await own.Checkout.PlanAsync(tasks, source.FolderOf(result), source.WorkTreeOf(result), ct);
        return (runs, CheckoutReports.Planned(Path.GetFullPath(source.FolderOf(result)), runs), definition.Options.Safety);
    }

    private static int CodeOf(IReadOnlyList<TaskRun> runs, CommandReport report) =>
        ExitCodes.Of(runs.Select(r => r.Plan!)) ?? (report.Counts.Changed > 0 ? ExitCodes.Changes : ExitCodes.Ok);

    /// <exception cref="CommandFault">Options of both a service and a checkout are given.</exception>
    private static bool AsksService(ServiceOptions service, SourceOptions source, Option file, ParseResult result)
    {
        var asks = service.Given(result);
        if (asks)
            GivenOptions.Refuse(
                service.NameOf(result), [.. source.Given(result), .. GivenOptions.Of(result, file)], "A service reads its own definition and its own Git server, and keeps its plans itself.");
        else
            GivenOptions.Refuse("ask a service with --server and --sync", service.OnlyOfService(result), "A checkout is read as it is, and no service is asked.");
        return asks;
    }

    private static StandAlone Open(SourceOptions source, ParseResult result, IReadOnlyList<string> settings) => StandAlone.Create(settings, source.SettingsOf(result));

    private static Command With(Command command, SourceOptions source, ServiceOptions service, Option file)
    {
        source.AddTo(command);
        service.AddTo(command);
        command.Options.Add(file);
        return command;
    }
}
