namespace KestraGitHub.Definitions;

/// <summary>
/// Collects the faults of one file; the same fault at the same place counts once. It is bounded, so that a file made to be wrong costs no more
/// than one that is.
/// </summary>
internal sealed class FaultList(string file)
{
    private const int MaxFaults = 200;
    private const int MaxText = 1500;

    private readonly HashSet<Fault> _faults = [];

    public int Count => _faults.Count;

    public bool IsFull => _faults.Count >= MaxFaults;

    public void Add((int Line, int Column) place, string message, string cure)
    {
        if (!IsFull) _faults.Add(new Fault(file, place.Line, place.Column, Shorten(message), Shorten(cure)));
    }

    public void Add(PropertyValue at, string message, string cure) => Add((at.Line, at.Column), message, cure);

    public IReadOnlyList<Fault> InOrder() => [.. _faults.OrderBy(f => f.Line).ThenBy(f => f.Column)];

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
