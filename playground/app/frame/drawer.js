let shut = null;
export default function ({ data }) {
  const over = matchMedia("(max-width: 768px)").matches; // where Streamlit lays the sidebar over the page
  const button = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (shut !== null && data.shut > shut && over) button?.click();
  shut = data.shut;
}
