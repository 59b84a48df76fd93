using System.CommandLine;

namespace KestraGitHub.Cli;

/// <summary>Options as a person wrote them. What has no effect beside another one is refused: passed over in silence, it would be believed to hold.</summary>
internal static class GivenOptions
{
    /// <summary>The names of those that were written, not of those at their default.</summary>
    public static IEnumerable<string> Of(ParseResult result, params IEnumerable<Option> options) => options.Where(o => result.GetResult(o) is { Implicit: false }).Select(o => o.Name);

    /// <param name="why">Why <paramref name="one"/> and the others say different things, as a whole sentence.</param>
    /// <exception cref="CommandFault">Some of the others are given.</exception>
    public static void Refuse(string one, IEnumerable<string> others, string why)
    {
        if (others.ToList() is { Count: > 0 } given) throw new CommandFault(ExitCodes.Invalid, $"{why} Leave out {string.Join(", ", given)}, or {one}.");
    }
}
