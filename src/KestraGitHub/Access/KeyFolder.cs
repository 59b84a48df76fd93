using System.Xml.Linq;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KestraGitHub.Access;

/// <summary>Where the keys lie that sign cookies: a sign-in counts on every server of one database.</summary>
internal sealed class KeyFolder(KeptFiles files) : IXmlRepository
{
    private const string Folder = "keys";

    public IReadOnlyCollection<XElement> GetAllElements() => [.. files.ReadAll(Folder).Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) => files.Add($"{Folder}/{friendlyName}.xml", element.ToString());
}
