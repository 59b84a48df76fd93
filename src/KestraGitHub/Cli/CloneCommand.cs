using System.CommandLine;
using KestraGitHub.Definitions;
using KestraGitHub.Storage;

namespace KestraGitHub.Cli;

/// <summary><c>kestra-github clone DIR</c>: what a Clone task of a definition clones, onto this disk, with its history.</summary>
internal static class CloneCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var frame = new CommandFrame();
        var directory = new Argument<string>("directory") { Description = "Where to; the task's own `directory` lies below it. Other files there stay." };
        var definition = new Option<string>("--definition") { Description = "The definition with the Clone task.", Required = true };
        var task = new Option<string?>("--task") { Description = "Its id, where the definition has several." };
        var command = frame.Create("clone", "Clone the repository of a Clone task into a directory.", settings, async (result, screen, form, ct) =>
        {
            await using var own = StandAlone.Create(settings, []);
            var environment = OwnEnvironment.Of(own.Kestra);
            var parsed = DefinitionFiles.Load(result.GetValue(definition)!, environment);
            var clone = CloneRenderer.Render(parsed, Choose(parsed, result.GetValue(task)), new RenderContext(environment, new Dictionary<string, string>()));
            OwnEnvironment.Require(clone.Git.Credential);
            var target = Path.Combine(Path.GetFullPath(result.GetValue(directory)!), clone.Directory);
            var head = await own.Git.CloneAsync(clone, result.GetValue(directory)!, ct);
            ReportPrinter.Print(new CommandReport("cloned", clone.Git.Url, head.Commit, $"{head.Wanted} in {target}", null, null, new RunCounts(), []), form, screen);
            return ExitCodes.Ok;
        });
        command.Arguments.Add(directory);
        command.Options.Add(definition);
        command.Options.Add(task);
        return command;
    }

    private static TaskDeclaration Choose(Definition definition, string? id)
    {
        var clones = definition.Tasks.Where(t => CloneRenderer.Takes(t) && (id is null || t.Id == id)).ToList();
        return clones switch
        {
            [var one] => one,
            [] => throw new CommandFault(ExitCodes.Invalid, $"{definition.File} has no task{(id is null ? "" : $" '{id}'")} of type io.kestra.plugin.git.Clone."),
            _ => throw new CommandFault(ExitCodes.Invalid, $"{definition.File} has several Clone tasks. Choose with --task: {string.Join(", ", clones.Select(c => c.Id))}."),
        };
    }
}
