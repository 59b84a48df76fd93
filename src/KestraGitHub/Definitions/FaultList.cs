namespace KestraGitHub.Definitions;

/// <summary>Collects the faults of one file; the same fault at the same place counts once.</summary>
internal sealed class FaultList(string file)
{
    private readonly List<Fault> _faults = [];

    public int Count => _faults.Count;

    public void Add((int Line, int Column) place, string message, string cure)
    {
        var fault = new Fault(file, place.Line, place.Column, message, cure);
        if (!_faults.Contains(fault)) _faults.Add(fault);
    }

    public void Add(PropertyValue at, string message, string cure) => Add((at.Line, at.Column), message, cure);

    public void AddRange(IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
            if (!_faults.Contains(fault)) _faults.Add(fault);
    }

    public IReadOnlyList<Fault> InOrder() => [.. _faults.OrderBy(f => f.Line).ThenBy(f => f.Column)];
}
