using System.Collections.ObjectModel;

namespace KestraGitHub.Definitions;

/// <summary>The repositories that a definition's git tasks name.</summary>
/// <param name="Names">Those that the file alone tells.</param>
/// <param name="Open">True where a task's <c>url</c> is an expression that only a run knows.</param>
public sealed record NamedRepositories(IReadOnlyList<RepositoryName> Names, bool Open)
{
    public static NamedRepositories None { get; } = new([], false);

    internal static NamedRepositories Of(IEnumerable<(TaskDeclaration Task, LoopPlace Place)> tasks, LoadContext load)
    {
        var (names, open) = (new List<RepositoryName>(), false);
        foreach (var (task, place) in tasks.Where(t => t.Task.Standing == TaskStanding.Runs))
        {
            if ((task.Properties.GetValueOrDefault("url") as ScalarValue)?.Text is not { } text) continue;
            if (Rendered(text, place, load) is not { } url) open = true;
            else if (RepositoryName.Of(url) is { } name && !names.Contains(name)) names.Add(name);
        }

        return new(names, open);
    }

    private static string? Rendered(string text, LoopPlace place, LoadContext load)
    {
        try
        {
            var template = Template.Parse(text);
            if (TemplateReferences.Of(template, load.Values).NeedsRun(place)) return null;
            var context = new RenderContext(load.Environment, ReadOnlyDictionary<string, string>.Empty) { Place = place };
            return template.Render(new TemplateScope(load.Values, load.Environment, context));
        }
        catch (TemplateException)
        {
            return null;
        }
    }
}
