namespace KestraGitHub.Benchmarks.Measuring;

/// <summary>Something that a benchmark rests on does not hold: no figure is better than a wrong one.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
