using KestraGitHub.Git;
using KestraGitHub.Reconciliation;

namespace KestraGitHub.Tests.Git;

/// <summary>The tree of plugin-git.md, section 3.2.</summary>
public sealed class NamespaceLayoutTests
{
    [Theory]
    [InlineData("company.team/flows/a.yaml", "flow company.team a.yaml")]
    [InlineData("company.team/flows/deep/a.yml", "flow company.team deep/a.yml")]
    [InlineData("company/files/flows/x.yaml", "file company flows/x.yaml")]
    [InlineData("company/apps/a.yaml", "app company a.yaml")]
    [InlineData("company/tests/t.yaml", "test company t.yaml")]
    [InlineData("_global/dashboards/Sales overview.yaml", "dashboard  Sales overview.yaml")]
    [InlineData("_global/flows/a.yaml", null)]
    [InlineData("company/team/flows/a.yaml", null)]
    [InlineData("company/other/a.yaml", null)]
    [InlineData("flows/a.yaml", null)]
    [InlineData("README.md", null)]
    public void A_path_is_an_object_of_its_namespace_or_nothing(string path, string? place) => Assert.Equal(place, Words(path, nested: false));

    [Theory]
    [InlineData("company/team/flows/a.yaml", "flow company.team a.yaml")]
    [InlineData("company/team/flows/deep/a.yaml", null)]
    [InlineData("company/team/files/a.txt", null)]
    [InlineData("company.team/files/flows/a.yaml", "file company.team flows/a.yaml")]
    [InlineData("company/team/files/flows/a.yaml", null)]
    public void Folders_in_folders_are_for_flows_alone(string path, string? place) => Assert.Equal(place, Words(path, nested: true));

    [Theory]
    [InlineData(ResourceKind.Flow, "company.team", "a", "company.team/flows/a.yaml")]
    [InlineData(ResourceKind.NamespaceFile, "company.team", "s/e.py", "company.team/files/s/e.py")]
    [InlineData(ResourceKind.App, "company", "a", "company/apps/a.yaml")]
    [InlineData(ResourceKind.UnitTest, "company", "t", "company/tests/t.yaml")]
    [InlineData(ResourceKind.Dashboard, "", "sales", "_global/dashboards/sales.yaml")]
    public void Each_object_has_its_path(ResourceKind kind, string ns, string id, string path)
    {
        Assert.Equal(path, NamespaceLayout.PathOf(new ResourceKey(kind, ns, id)));
        Assert.Equal((kind, ns), (NamespaceLayout.PlaceOf(path, nested: false)!.Kind, NamespaceLayout.PlaceOf(path, nested: false)!.Namespace));
    }

    [Theory]
    [InlineData("company.team", ResourceKind.Flow, false, "company.team")]
    [InlineData("company.team/flows", ResourceKind.Flow, false, "company.team")]
    [InlineData("company.team/files", ResourceKind.Flow, false, null)]
    [InlineData("company/team", ResourceKind.Flow, true, "company.team")]
    [InlineData("company/team", ResourceKind.NamespaceFile, true, null)]
    [InlineData("_global/dashboards", ResourceKind.Dashboard, false, "")]
    [InlineData("_global", ResourceKind.Flow, false, null)]
    public void What_would_lie_below_a_path_is_known(string path, ResourceKind kind, bool nested, string? ns) =>
        Assert.Equal(ns is null ? [] : [ns], NamespaceLayout.PlacesBelow(path.Split('/'), kind, nested));

    private static string? Words(string path, bool nested) =>
        NamespaceLayout.PlaceOf(path, nested) is { } place ? $"{place.Kind.Word()} {place.Namespace} {place.Rest}" : null;
}
