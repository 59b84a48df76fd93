using KestraGitHub.Kestra;

namespace KestraGitHub.Tests.Kestra;

/// <summary>The estimate against what was measured on real servers.</summary>
public sealed class DigestionTests
{
    [Theory]
    [InlineData("1.3.25", 1000, 1000, 1000, 8, 20, 30)] // a core was busy for 25 s afterwards
    [InlineData("1.3.25", 1, 0, 300, 0, 0.015, 0.017)]
    [InlineData("1.3.25", 1, 0, 10_000, 0, 1.4, 1.6)]
    [InlineData("2.0.0", 1000, 1000, 1000, 8, 10, 25)] // busy for another 10-25 s
    [InlineData("1.3.25", 10, 10, 100, 1, 0, 0)]
    [InlineData("1.3.25", 0, 0, 10_000, 0, 0, 0)]
    public void After_so_many_writes(string version, int written, int created, int flows, int took, double least, double most) =>
        Assert.InRange(
            Digestion.After(KestraVersion.Parse(version), written, created, flows, TimeSpan.FromSeconds(took)).TotalSeconds, least, most);

    [Fact]
    public void Work_adds_up_and_ends()
    {
        var clock = new ManualClock();
        var load = new ServerLoad(4, clock);
        load.Leave(TimeSpan.FromSeconds(20));
        clock.Advance(TimeSpan.FromSeconds(5));
        load.Leave(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(25), load.Digesting);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, load.Digesting);
    }
}
